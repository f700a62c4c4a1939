package dev.curfew.storage;

/**
 * How an object is divided into parts for S3. The size of the object alone decides it, so that a
 * later try, by whatever process, divides it the same way: part <i>n</i> is always the same bytes
 * in the same place.
 *
 * @param objectSize in bytes
 * @param partSize of all parts but the last, in bytes
 */
record PartPlan(long objectSize, int partSize) {
  /** S3 takes parts from 5 MiB on. */
  static final int SMALLEST_PART = 8 << 20;

  /** S3 numbers parts from 1 to 10,000. */
  static final int MOST_PARTS = 10_000;

  /** What fits into memory as one array; objects are limited to 10,000 of it, 9.7 TiB. */
  static final long LARGEST_PART = 1 << 30;

  private static final long MEBIBYTE = 1 << 20;

  /**
   * @throws IllegalArgumentException for an object that is larger than S3 takes
   */
  static PartPlan of(long objectSize) {
    long needed = ceil(objectSize, MOST_PARTS);
    long partSize = Math.max(SMALLEST_PART, ceil(needed, MEBIBYTE) * MEBIBYTE);
    if (partSize > LARGEST_PART) {
      throw new IllegalArgumentException("an object of " + objectSize + " bytes is too large");
    }
    return new PartPlan(objectSize, (int) partSize);
  }

  private static long ceil(long dividend, long divisor) {
    return dividend / divisor + (dividend % divisor == 0 ? 0 : 1);
  }

  /** How many parts there are, numbered from 1. */
  int count() {
    return (int) ceil(objectSize, partSize);
  }

  /** Where a part begins in the object. */
  long offset(int part) {
    return (part - 1L) * partSize;
  }

  /** How many bytes a part has. */
  int length(int part) {
    return (int) Math.min(partSize, objectSize - offset(part));
  }
}
