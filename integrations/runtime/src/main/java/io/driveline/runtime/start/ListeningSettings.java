package io.driveline.runtime.start;

import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * Checks where an app is told to listen, before anything else is done: later, Spring and Camel
 * would complain at length, and of properties that no user has set.
 */
final class ListeningSettings
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final String MANAGEMENT = "driveline.management.port";
  private static final int MOST = 65_535;

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    Environment environment = context.getEnvironment();
    String app = environment.getProperty("driveline.app");
    if (app == null) {
      return;
    }
    Settings settings = new Settings(environment);
    InetAddress address = address(settings.text("driveline.address", "0.0.0.0"));
    String own = "driveline." + app + ".port";
    // Their defaults stand in the app's file; 0 is any free port.
    settings.number(MANAGEMENT, 0, 0, MOST);
    settings.number(own, 0, 0, MOST);
    Integer apart = environment.getProperty("management.server.port", Integer.class);
    int server = environment.getProperty("server.port", Integer.class, 0);
    int management = apart == null ? server : apart;
    int served = apart == null ? environment.getProperty(own, Integer.class, 0) : server;
    if (management == served && served != 0) {
      throw new WrongSettingException(
          Settings.variable(MANAGEMENT) + " must be another port than " + Settings.variable(own));
    }
    checkFree(address, management, MANAGEMENT);
    checkFree(address, served, own);
  }

  private static InetAddress address(String name) {
    // By binding to it: no interface names 127.0.0.2, and yet it is this machine's.
    try (ServerSocket socket = new ServerSocket()) {
      InetAddress address = InetAddress.getByName(name);
      socket.bind(new InetSocketAddress(address, 0));
      return address;
    } catch (IOException e) {
      throw new WrongSettingException("DRIVELINE_ADDRESS must be an address of this machine");
    }
  }

  private static void checkFree(InetAddress address, int port, String setting) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new WrongSettingException(
          "port "
              + port
              + " cannot be opened, it may be taken; stop what listens there, or set "
              + Settings.variable(setting));
    }
  }
}
