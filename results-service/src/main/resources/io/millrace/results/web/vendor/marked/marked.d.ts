// What the notes use of marked: its parser.

export interface Token {
  type: string;
  raw: string;
  text?: string;
  href?: string;
  depth?: number;
  ordered?: boolean;
  start?: number | '';
  tokens?: Token[];
  items?: Token[];
  header?: {tokens: Token[]}[];
  rows?: {tokens: Token[]}[][];
}

export function lexer(text: string): Token[];
