package io.driveline.worker.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class LeaderSettingsTest {

  private final MockEnvironment environment =
      new MockEnvironment()
          .withProperty("driveline.mongodb.uri", "mongodb://user:secret@one:27017,two:27017/?a=b");

  private LeaderSettings read(boolean inPod) {
    return LeaderSettings.from(new Settings(environment), inPod);
  }

  @Test
  void aPodUsesALeaseAndAnyoneElseALock() {
    assertThat(read(true).lease()).isTrue();
    assertThat(read(false).lease()).isFalse();
    environment.setProperty("driveline.worker.leader-election", "file");
    assertThat(read(true).lease()).isFalse();
    environment.setProperty("driveline.worker.leader-election", "kubernetes");
    assertThat(read(false).lease()).isTrue();
  }

  @Test
  void anotherWordIsRefused() {
    environment.setProperty("driveline.worker.leader-election", "zookeeper");
    assertThatThrownBy(() -> read(false))
        .isInstanceOf(WrongSettingException.class)
        .hasMessage("DRIVELINE_WORKER_LEADER_ELECTION must be kubernetes or file");
  }

  @Test
  void theLockIsOneForAllWorkersOfALedgerWhateverTheirLogin() {
    Path folder = read(false).lockFolder();
    assertThat(folder).startsWithRaw(Path.of(System.getProperty("java.io.tmpdir")));
    environment.setProperty("driveline.mongodb.uri", "mongodb://one:27017,two:27017");
    assertThat(read(false).lockFolder()).isEqualTo(folder);
    environment.setProperty("driveline.mongodb.uri", "mongodb://three:27017");
    assertThat(read(false).lockFolder()).isNotEqualTo(folder);
    environment.setProperty("driveline.worker.lock-folder", "/var/lock/driveline");
    assertThat(read(false).lockFolder()).isEqualTo(Path.of("/var/lock/driveline"));
  }
}
