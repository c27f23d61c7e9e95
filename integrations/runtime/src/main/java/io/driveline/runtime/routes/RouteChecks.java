package io.driveline.runtime.routes;

import java.util.List;
import java.util.Optional;

/** What stands before any file of a user's is loaded: the rules, and then the trial. */
record RouteChecks(RouteRules rules, RouteTrial trial) {

  /** One line with the first thing that is wrong, and how many more there are; empty if none. */
  Optional<String> wrong(List<RouteFile> files) {
    List<Finding> findings = rules.check(files);
    if (findings.isEmpty()) {
      return trial.refused(files).map(Finding::toString);
    }
    String more = findings.size() == 1 ? "" : " (and " + (findings.size() - 1) + " more)";
    return Optional.of(findings.getFirst() + more);
  }
}
