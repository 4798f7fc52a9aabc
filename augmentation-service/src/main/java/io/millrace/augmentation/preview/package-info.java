/**
 * Shows the effect of an augmentation over HTTP: contact sheets of samples as in training. The page
 * to try augmentations is in the results service.
 */
package io.millrace.augmentation.preview;
