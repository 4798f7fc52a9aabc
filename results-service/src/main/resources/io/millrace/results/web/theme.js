// Sets the colour scheme before the page is drawn, so that the page does not flash.
(() => {
  const CHOICES = ['auto', 'light', 'dark'];
  const SIGNS = {auto: '◐', light: '☀\uFE0E', dark: '☾'};
  const SAID = {auto: 'system setting', light: 'light', dark: 'dark'};
  const KEY = 'millrace-theme';

  /** @returns {'auto' | 'light' | 'dark'} */
  function chosen() {
    try {
      const kept = localStorage.getItem(KEY);
      return kept === 'light' || kept === 'dark' ? kept : 'auto';
    } catch {
      return 'auto'; // Storage is switched off.
    }
  }

  /** @param {'auto' | 'light' | 'dark'} choice */
  function apply(choice) {
    document.documentElement.dataset.theme = choice;
    const button = document.getElementById('theme');
    if (button) {
      button.textContent = SIGNS[choice];
      button.setAttribute('aria-label', `Colours: ${SAID[choice]}. Change`);
      button.title = `Colours: ${SAID[choice]}`;
    }
    dispatchEvent(new Event('themechange'));
  }

  apply(chosen());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => apply(chosen()));
  addEventListener('DOMContentLoaded', () => {
    apply(chosen());
    document.getElementById('theme')?.addEventListener('click', () => {
      const next = /** @type {'auto' | 'light' | 'dark'} */ (
        CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length]);
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // Without storage, the choice holds for this page only.
      }
      apply(next);
    });
  });
})();
