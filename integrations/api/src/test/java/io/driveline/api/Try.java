package io.driveline.api;

import java.util.*;

final class Try {
  public static void main(String[] a) throws Exception {
    var b = new BillingStub(0);
    b.put(
        "",
        false,
        "customer",
        "cus_1",
        "{\"id\":\"cus_1\",\"object\":\"customer\",\"balance\":1.50}");
    var m = new LinkedHashMap<String, String>();
    m.put("driveline.mongodb.uri", "mongodb://127.0.0.1:1");
    m.put("driveline.rabbitmq.uri", "amqp://guest:guest@127.0.0.1:1/default");
    m.put("driveline.grpc.address", "127.0.0.1:" + b.port());
    for (String x : a) {
      String[] kv = x.split("=", 2);
      m.put(kv[0], kv[1]);
    }
    var p = new ApiProcess(m);
    for (String path :
        new String[] {
          "/api/v1/health",
          "/api/v1/objects/customer/cus_1?x=1",
          "/api/v1/objects/customer/cus_1",
          "/api/v1/objects/customer/cus_2",
          "/api/v1/objects/customer?limit=1",
          "/api/v1/objects/customer?limit=0",
          "/api/v1/nothing",
          "/nothing",
          "/api/v1/openapi.yaml",
          "/api/v1/analytics/revenue",
          "/api/v1/events"
        }) {
      var r = p.get(path);
      System.out.println(
          path
              + " -> "
              + r.status()
              + " "
              + r.http().headers().map()
              + " "
              + (r.text().length() > 300 ? r.text().substring(0, 300) : r.text()));
    }
    for (String[] q :
        new String[][] {
          {"GET", "/api/v1/events", null},
          {"GET", "/api/v1/events", "Bearer nope"},
          {"POST", "/api/v1/events", "Bearer " + ApiProcess.READ},
          {"POST", "/api/v1/events", "Bearer " + ApiProcess.WRITE},
          {"DELETE", "/api/v1/objects/customer/x", "Bearer " + ApiProcess.ADMIN},
          {"GET", "/api/v1/health", null},
          {"GET", "/api/v1/objects/customer/a%2fb", "Bearer " + ApiProcess.READ}
        }) {
      var r = p.send(q[0], q[1], q[2]);
      System.out.println(
          q[0]
              + " "
              + q[1]
              + " -> "
              + r.status()
              + " "
              + r.http().headers().map()
              + " "
              + r.text());
    }
    System.exit(0);
  }
}
