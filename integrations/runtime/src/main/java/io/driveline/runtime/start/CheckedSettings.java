package io.driveline.runtime.start;

import io.driveline.runtime.settings.GivenSettings;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** Checks what is set, before anything else is done. */
final class CheckedSettings
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    if (context.getEnvironment().getProperty("driveline.app") != null) {
      new GivenSettings(context.getEnvironment()).check();
    }
  }
}
