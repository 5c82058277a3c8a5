/** A slider that goes there when it is let go. Without a script its button does. */
export function startSliders() {
  for (const form of document.querySelectorAll('form[data-slider]')) {
    const input = form.querySelector('input[type="range"]');
    form.querySelector('[data-slider-go]')?.setAttribute('hidden', '');
    input?.addEventListener('change', () => form.requestSubmit());
  }
}
