package io.millrace.trainer.network;

import java.util.function.LongSupplier;

/**
 * The memory of a device that has its own.
 *
 * @param total bytes
 * @param used bytes at the moment, by whomever
 */
public record DeviceMemory(LongSupplier total, LongSupplier used) {}
