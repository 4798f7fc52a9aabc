package io.millrace.results.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteRangeTest {
  @Test
  void aRangeIsLimitedToTheFile() {
    assertThat(ByteRange.parse("bytes=0-3", 10)).contains(new ByteRange(0, 3));
    assertThat(ByteRange.parse("bytes=7-", 10)).contains(new ByteRange(7, 9));
    assertThat(ByteRange.parse("bytes=7-100", 10)).contains(new ByteRange(7, 9));
    assertThat(ByteRange.parse("bytes=-3", 10)).contains(new ByteRange(7, 9));
    assertThat(ByteRange.parse("bytes=-100", 10)).contains(new ByteRange(0, 9));
  }

  @Test
  void aRangeBeyondTheEndIsEmpty() {
    assertThat(ByteRange.parse("bytes=10-", 10)).get().matches(ByteRange::isEmpty);
    assertThat(ByteRange.parse("bytes=10-20", 10)).get().matches(ByteRange::isEmpty);
    assertThat(ByteRange.parse("bytes=-0", 10)).get().matches(ByteRange::isEmpty);
  }

  @Test
  void aHeaderWithoutExactlyOneValidRangeIsIgnored() {
    for (String header : new String[] {"bytes=-", "bytes=3-2", "bytes=0-1,3-4", "lines=0-1", ""}) {
      assertThat(ByteRange.parse(header, 10)).as(header).isEmpty();
    }
  }
}
