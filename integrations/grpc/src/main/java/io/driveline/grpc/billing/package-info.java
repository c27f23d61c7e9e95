/** The billing contract in the domain's words: requests read, queries made, answers written. */
package io.driveline.grpc.billing;
