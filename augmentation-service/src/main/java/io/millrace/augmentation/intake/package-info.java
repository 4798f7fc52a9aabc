/** The queue of tasks: takes them, has them done, answers, and says how the service is. */
package io.millrace.augmentation.intake;
