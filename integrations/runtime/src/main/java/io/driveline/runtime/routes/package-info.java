/**
 * The app's route files: from the jar, overridden file by file from a folder, checked, tried in a
 * scratch context, loaded, and loaded again when they are saved.
 */
package io.driveline.runtime.routes;
