/** Circuit breakers for Camel's circuitBreaker EIP. */
package io.driveline.runtime.breaker;
