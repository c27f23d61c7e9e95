/**
 * The manifests on a control plane: etcd, API server, controller manager and scheduler are the real
 * ones, the nodes are simulated. Everything is done through kubectl, as a user does it. See
 * docs/kubernetes.md for what is tried.
 */
package io.driveline.system.cluster;
