package io.driveline.runtime.mongodb;

import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ServerDescription;
import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ClusterListener;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once that MongoDB is away, and once that it is back. */
final class MongoWatch implements ClusterListener {

  private static final Logger LOG = LoggerFactory.getLogger(MongoWatch.class);

  private boolean away;

  @Override
  public synchronized void clusterDescriptionChanged(ClusterDescriptionChangedEvent event) {
    ClusterDescription now = event.getNewDescription();
    if (now.hasWritableServer()) {
      if (away) {
        LOG.info("MongoDB is back");
      }
      away = false;
    } else if (!away) {
      // Without an exception it is only not known yet, or electing a primary.
      now.getServerDescriptions().stream()
          .map(ServerDescription::getException)
          .filter(Objects::nonNull)
          .findFirst()
          .ifPresent(this::tell);
    }
  }

  private void tell(Throwable failure) {
    away = true;
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    LOG.warn("MongoDB is away, trying on: {}", cause.getMessage());
  }
}
