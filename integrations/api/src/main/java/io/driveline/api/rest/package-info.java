/** What every operation shares: parameters, answers and problems. */
package io.driveline.api.rest;
