/**
 * What an augmentation does, over HTTP: contact sheets of samples as training would see them, and a
 * page to try augmentations on.
 */
package io.millrace.augmentation.preview;
