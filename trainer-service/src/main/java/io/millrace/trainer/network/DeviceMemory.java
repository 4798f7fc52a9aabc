package io.millrace.trainer.network;

import java.util.function.LongSupplier;

/**
 * The memory of a device with memory of its own.
 *
 * @param total bytes
 * @param used bytes in use now, by any process
 */
public record DeviceMemory(LongSupplier total, LongSupplier used) {}
