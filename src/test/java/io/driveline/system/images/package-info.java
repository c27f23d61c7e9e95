/** The proof of the images: built, and run within the limits of their Deployments. */
package io.driveline.system.images;
