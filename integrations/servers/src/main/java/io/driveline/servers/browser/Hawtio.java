package io.driveline.servers.browser;

import com.fasterxml.jackson.databind.JsonNode;

/** Hawtio in a browser, as a person uses it: logged in, with its Camel plugin open. */
public final class Hawtio {

  private static final String TREE = "org.apache.camel-folder-CamelContexts-folder-";
  private static final String NODE = "button.pf-v5-c-tree-view__node-";

  private final Browser browser;

  private Hawtio(Browser browser) {
    this.browser = browser;
  }

  /**
   * Logs in.
   *
   * @param management where a management port is, such as {@code http://127.0.0.1:3105}
   */
  public static Hawtio open(Browser browser, String management, String name, String password) {
    browser.go(management + "/actuator/hawtio/");
    browser.type("#username", name);
    browser.type("#password", password);
    browser.click("button[type=submit]");
    browser.click("nav a", "Camel");
    return new Hawtio(browser);
  }

  /** Waits until it lists a Camel context. */
  public void awaitContext(String context) {
    browser.await("!!document.getElementById('" + TREE + context + "-folder')");
  }

  /** Draws a route, and gives the texts of the diagram's nodes. */
  public JsonNode draw(String context, String route) {
    String routes = TREE + context + "-folder-routes-folder";
    browser.click("[id='" + TREE + context + "-folder'] " + NODE + "toggle");
    browser.click("[id='" + routes + "'] " + NODE + "toggle");
    browser.click("[id='" + routes + "-" + route + "-folder'] " + NODE + "text");
    browser.click("nav a", "Route Diagram");
    return browser.await(
        "[...document.querySelectorAll('.react-flow__node')].map(n => n.textContent)");
  }
}
