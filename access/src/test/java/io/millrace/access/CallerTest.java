package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CallerTest {
  @Test
  void aRoleHasThePermissionsOfAllLowerRoles() {
    for (Role role : Role.values()) {
      for (Role needed : Role.values()) {
        assertThat(new Caller("anna", role).may(needed))
            .isEqualTo(needed.ordinal() <= role.ordinal());
      }
    }
  }

  @Test
  void withoutAuthenticationEverythingIsAllowedAndTheCallerHasNoName() {
    Caller caller = Callers.of(Callers.identity(Caller.ANYBODY));

    assertThat(caller.name()).isNull();
    assertThat(caller.may(Role.ADMIN)).isTrue();
  }

  @Test
  void anIdentityCarriesTheCallerAndItsRoles() {
    var anna = new Caller("anna", Role.SUBMITTER);

    assertThat(Callers.of(Callers.identity(anna))).isEqualTo(anna);
    assertThat(Callers.identity(anna).getRoles()).containsExactlyInAnyOrder("reader", "submitter");
  }

  @Test
  void aStrangerMayDoNothing() {
    assertThat(Caller.STRANGER.may(Role.READER)).isFalse();
  }

  @Test
  void theRoleNamesMatchTheEnumeration() {
    assertThat(Arrays.stream(Role.values()).map(Role::lowerCase))
        .containsExactly(Roles.READER, Roles.SUBMITTER, Roles.ADMIN);
  }

  @Test
  void aRefusalSaysWhichRoleIsNeeded() {
    assertThat(Refusals.forbidden(Callers.identity(new Caller("rita", Role.READER))))
        .isEqualTo("your token's role (reader) may not do this; it needs submitter");
  }
}
