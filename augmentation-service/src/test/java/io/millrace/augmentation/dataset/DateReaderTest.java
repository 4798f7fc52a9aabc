package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DateReaderTest {
  private static final String NONE = "none";

  private static String text(long time) {
    return time == DateColumn.NONE ? NONE : DateColumn.text(time);
  }

  /** The expected times are written by hand; those with zones come from Python's datetime. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ISO                | 2020-10                          | 2020-10
          ISO                | 2020-10-31                       | 2020-10-31
          ISO                | 2020-10-31 13                    | 2020-10-31T13:00:00
          ISO                | 2020-10-31T13:30                 | 2020-10-31T13:30:00
          ISO                | 2021-03-27 01:00:00              | 2021-03-27T01:00:00
          ISO                | 2021-03-27 01:00:00.250000000    | 2021-03-27T01:00:00.25
          ISO                | -0044-03-15                      | -0044-03-15
          ISO                | 2021-02-29                       | none
          ISO                | 2020-10-31 24:00                 | none
          ISO                | 2020                             | none
          ISO                | 2020-10-31T13:30Z                | none
          ISO_ZONED          | 2020-10-31T13:30Z                | 2020-10-31T13:30:00Z
          ISO_ZONED          | 2021-03-27T01:00:00+01:00        | 2021-03-27T00:00:00Z
          ISO_ZONED          | 2021-03-27 01:00:00 +0530        | 2021-03-26T19:30:00Z
          ISO_ZONED          | 2021-03-27 01:00:00 UTC          | 2021-03-27T01:00:00Z
          ISO_ZONED          | 2021-03-27 01:00:00              | none
          YEAR_FIRST         | 2020/10/31                       | 2020-10-31
          YEAR_FIRST         | 2020.1.5 9:05                    | 2020-01-05T09:05:00
          YEAR_FIRST         | 2020/10-31                       | none
          MONTH_FIRST        | 10/31/2020                       | 2020-10-31
          MONTH_FIRST        | 1/2/2020 1:05 PM                 | 2020-01-02T13:05:00
          MONTH_FIRST        | 1/2/2020 12:05 am                | 2020-01-02T00:05:00
          MONTH_FIRST        | 1/2/2020 13:05 PM                | none
          MONTH_FIRST        | 31/10/2020                       | none
          MONTH_FIRST        | 10/31/20                         | none
          DAY_FIRST          | 31/10/2020                       | 2020-10-31
          DAY_FIRST          | 31.10.2020 24:00                 | 2020-11-01T00:00:00
          DAY_FIRST          | 31-10-2020 13:30:05.5            | 2020-10-31T13:30:05.5
          DAY_FIRST          | 31.10.2020, 25:00                | none
          DAY_FIRST          | 10/31/2020                       | none
          MONTH_NAME         | Oct 2020                         | 2020-10
          MONTH_NAME         | 2020 OCT                         | 2020-10
          MONTH_NAME         | 31 Oct 2020                      | 2020-10-31
          MONTH_NAME         | 31-oct-2020 13:30                | 2020-10-31T13:30:00
          MONTH_NAME         | October 31, 2020                 | 2020-10-31
          MONTH_NAME         | Sept. 1st 2020                   | 2020-09-01
          MONTH_NAME         | Oct 20                           | none
          MONTH_NAME         | 31 Okt 2020                      | none
          MONTH_NAME         | 31 Jun 2020                      | none
          EPOCH_SECONDS      | 1604151000                       | 2020-10-31T13:30:00Z
          EPOCH_SECONDS      | 1604151000.0                     | 2020-10-31T13:30:00Z
          EPOCH_SECONDS      | 20201031                         | none
          EPOCH_MILLISECONDS | 1604151000250                    | 2020-10-31T13:30:00.25Z
          EPOCH_MILLISECONDS | 1604151000                       | none
          """)
  void eachFormReadsOnlyItsOwnDates(DateForm form, String cell, String time) {
    assertThat(text(form.parse(cell))).isEqualTo(time);
  }

  /** The expected times are those of Python's strptime. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          %d %b %y %I:%M %p    | 31 Oct 20 01:05 PM       | 2020-10-31T13:05:00
          %Y%m%d               | 20201031                 | 2020-10-31
          %Y-%j                | 2020-305                 | 2020-10-31
          %Y-%j                | 2021-366                 | none
          %b-%y                | oct-69                   | 1969-10
          %b-%y                | Oct-68                   | 2068-10
          %B %Y                | October 2020             | 2020-10
          %Y                   | 1990                     | 1990-01
          %m/%d/%Y             | 2/1/2020                 | 2020-02-01
          %d/%m/%Y             | 2/1/2020                 | 2020-01-02
          %d/%m/%Y             | 2/1/2020 13:30           | none
          %Y-%m-%dT%H:%M:%S%z  | 2021-03-27T01:00:00+0100 | 2021-03-27T00:00:00Z
          %H:%M:%S.%f %d.%m.%Y | 01:02:03.5 31.10.2020    | 2020-10-31T01:02:03.5
          %d.%m.%Y             | 31x10x2020               | none
          100%% %Y             | 100% 2020                | 2020-01
          epoch_seconds        | 1604151000.25            | 2020-10-31T13:30:00.25Z
          epoch_seconds        | -1                       | 1969-12-31T23:59:59Z
          epoch_milliseconds   | 5                        | 1970-01-01T00:00:00.005Z
          epoch_seconds        | 999999999999999          | none
          """)
  void aDateFormatWorksLikePythonsStrptime(String format, String cell, String time) {
    assertThat(text(DateReader.ofFormat(format).read(cell))).isEqualTo(time);
  }
}
