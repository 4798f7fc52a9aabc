package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.request.IsoTime.Precision;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TimeStepTest {
  private static final LocalDate MONDAY = LocalDate.of(2020, 1, 6);

  private static Optional<TimeStep> step(Stream<LocalDateTime> times) {
    var dates = new DateColumn();
    times.forEach(time -> dates.add(DateColumn.code(time, Precision.LOCAL)));
    return TimeStep.of(dates);
  }

  private static String text(Stream<LocalDateTime> times) {
    return step(times).map(found -> found.text() + ", gaps " + found.gaps()).orElse("irregular");
  }

  private static Stream<LocalDateTime> days(int count) {
    return Stream.iterate(MONDAY, day -> day.plusDays(1)).limit(count).map(LocalDate::atStartOfDay);
  }

  private static Stream<LocalDateTime> workingDays(int count) {
    return days(count).filter(day -> day.getDayOfWeek().getValue() < 6);
  }

  private static Stream<LocalDateTime> months(int day, int every) {
    return Stream.iterate(0, month -> month + every)
        .limit(24)
        .map(month -> LocalDate.of(2020, 1, 1).plusMonths(month))
        .map(first -> first.withDayOfMonth(Math.min(day, first.lengthOfMonth())).atStartOfDay());
  }

  @Test
  void monthlyStepsFollowTheCalendar() {
    assertThat(text(months(1, 1))).isEqualTo("1 month, gaps 0");
    assertThat(text(months(31, 1))).isEqualTo("1 month, gaps 0");
    assertThat(text(months(15, 3))).isEqualTo("3 months, gaps 0");
    assertThat(text(months(1, 12))).isEqualTo("1 year, gaps 0");
    assertThat(
            text(months(1, 1).filter(time -> time.getMonthValue() != 5 || time.getYear() > 2020)))
        .isEqualTo("1 month, gaps 1");
  }

  @Test
  void otherStepsHaveAFixedLength() {
    assertThat(text(days(100))).isEqualTo("1 day, gaps 0");
    assertThat(text(days(100).filter(day -> day.getDayOfYear() % 50 > 1)))
        .isEqualTo("1 day, gaps 4");
    assertThat(text(days(70).filter(day -> day.getDayOfWeek().getValue() == 3)))
        .isEqualTo("7 days, gaps 0");
    assertThat(text(days(50).flatMap(day -> Stream.of(day, day.plusHours(12)))))
        .isEqualTo("12 hours, gaps 0");
    assertThat(
            text(
                days(3)
                    .map(
                        day -> MONDAY.atStartOfDay().plusNanos(500_000_000L * day.getDayOfYear()))))
        .isEqualTo("0.5 seconds, gaps 0");
  }

  @Test
  void aSeriesWithoutWeekendsCountsWorkingDaysAndItsHolidays() {
    assertThat(text(workingDays(90))).isEqualTo("1 working day, gaps 0");
    var withHolidays = step(workingDays(90).filter(day -> day.getDayOfMonth() != 13));
    assertThat(withHolidays.map(TimeStep::text)).hasValue("1 working day");
    assertThat(withHolidays.map(TimeStep::gaps)).hasValue(3); // 13 January, February and March
    assertThat(withHolidays.map(TimeStep::hasTrueGaps)).hasValue(false);
  }

  @Test
  void anIrregularSeriesHasNoStep() {
    assertThat(text(days(2))).isEqualTo("irregular");
    assertThat(text(days(100).filter(day -> day.getDayOfYear() % 10 > 0))).isEqualTo("irregular");
    assertThat(text(days(40).map(day -> day.getDayOfYear() == 20 ? day.plusHours(1) : day)))
        .isEqualTo("irregular");
  }
}
