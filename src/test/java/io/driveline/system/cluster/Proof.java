package io.driveline.system.cluster;

/** One part of what is proven. */
interface Proof {

  /** Tries it and tells the report; what fails is thrown, and ends this part alone. */
  void show(Cluster cluster, Report report) throws Exception;
}
