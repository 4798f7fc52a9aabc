// The loss curve by step: loaded from the service, then extended by live events.

/** @typedef {import('./types').LossColumns} LossColumns */
/** @typedef {import('./types').StepsEvent} StepsEvent */
/** @typedef {import('./chart.js').Line} Line */

export class StepCurve {
  /** @param {LossColumns} columns @param {number} smooth */
  constructor(columns, smooth) {
    this.step = [...columns.step];
    this.loss = [...columns.loss];
    this.smooth = smooth;
    this.smoothed = smooth ? [...(columns.smoothed ?? columns.loss)] : null;
    this.total = columns.total;
    // The service's smoothed value is bias-corrected. The running sum is not.
    const last = this.smoothed?.findLast(y => y !== null) ?? 0;
    this.sum = last * (1 - smooth ** this.total);
  }

  /** @param {StepsEvent} more known steps are skipped */
  append(more) {
    let last = this.step[this.step.length - 1] ?? -1;
    more.step.forEach((step, i) => {
      if (step <= last) {
        return;
      }
      last = step;
      const loss = more.loss[i];
      this.step.push(step);
      this.loss.push(loss);
      this.total++;
      if (this.smoothed) {
        this.sum = loss === null ? this.sum : this.sum * this.smooth + (1 - this.smooth) * loss;
        this.smoothed.push(loss === null ? null : this.sum / (1 - this.smooth ** this.total));
      }
    });
  }

  /** @returns {Line[]} */
  lines() {
    const own = {x: this.step, color: 0};
    return this.smoothed
      ? [{label: 'each step', y: this.loss, faint: true, ...own}, {label: 'loss', y: this.smoothed, ...own}]
      : [{label: 'loss', y: this.loss, ...own}];
  }
}
