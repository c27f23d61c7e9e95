package io.driveline.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.Stream;

/**
 * The ports of a sandbox, all on 127.0.0.1.
 *
 * @param api the REST API
 * @param webhook where Stripe's events are posted
 * @param grpc the billing service
 * @param apiManagement health, metrics and Hawtio of the api app; the others likewise
 * @param webhookManagement of the webhook app
 * @param workerManagement of the worker
 * @param grpcManagement of the grpc app
 */
public record Ports(
    int api,
    int webhook,
    int grpc,
    int apiManagement,
    int webhookManagement,
    int workerManagement,
    int grpcManagement) {

  static Ports at(int offset) {
    return new Ports(
        3001 + offset,
        3003 + offset,
        50051 + offset,
        3101 + offset,
        3103 + offset,
        3105 + offset,
        3151 + offset);
  }

  /**
   * Sees that each is free, before anything is started.
   *
   * @throws StartException naming those that are taken
   */
  void check() throws StartException {
    List<String> taken =
        Stream.of(
                api,
                webhook,
                grpc,
                apiManagement,
                webhookManagement,
                workerManagement,
                grpcManagement)
            .filter(port -> !isFree(port))
            .map(String::valueOf)
            .toList();
    if (!taken.isEmpty()) {
      throw new StartException(
          (taken.size() == 1 ? "port " : "ports ")
              + String.join(", ", taken)
              + (taken.size() == 1 ? " is" : " are")
              + " taken; stop what listens there (another sandbox?), or give --port-offset");
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new java.net.InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
