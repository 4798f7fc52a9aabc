/** One class that Deeplearning4j looks for by name; see {@link org.nd4j.nativeblas.Nd4jCpu}. */
package org.nd4j.nativeblas;
