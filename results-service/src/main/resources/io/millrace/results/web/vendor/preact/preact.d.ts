// What the pages use of Preact. Its own types know every attribute of HTML, in 100 KB; here an element's are any.

export type Key = string | number;
export interface VNode {
  type: unknown;
  props: Record<string, unknown>;
  key: Key | null;
}
export type Child = VNode | string | number | boolean | null | undefined | Child[];
export type Component<P> = (props: P & {children?: Child}) => Child;
export interface Ref<T> {
  current: T;
}

export function h<P>(component: Component<P>, props: (P & {key?: Key}) | null, ...children: Child[]): VNode;
export function h(element: string, attributes?: Record<string, any> | null, ...children: Child[]): VNode;
export function render(node: Child, parent: Element): void;
export const Fragment: Component<{}>;
