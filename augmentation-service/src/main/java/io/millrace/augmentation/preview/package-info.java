/**
 * What an augmentation does, over HTTP: contact sheets of samples as training would see them. The
 * page to try augmentations on is the results service's.
 */
package io.millrace.augmentation.preview;
