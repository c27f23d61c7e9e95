package io.driveline.runtime.mongodb;

import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ServerDescription;
import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ClusterListener;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Says once that MongoDB is away, and once that it is back. Not before all beans are made: until
 * then a wrong setting may end the start, and is then the only thing to be said.
 */
final class MongoWatch implements ClusterListener, SmartInitializingSingleton {

  private static final Logger LOG = LoggerFactory.getLogger(MongoWatch.class);

  private boolean telling;
  private boolean told;
  private String failure;

  @Override
  public synchronized void afterSingletonsInstantiated() {
    telling = true;
    tell();
  }

  @Override
  public synchronized void clusterDescriptionChanged(ClusterDescriptionChangedEvent event) {
    ClusterDescription now = event.getNewDescription();
    if (now.hasWritableServer()) {
      failure = null;
    } else if (failure == null) {
      // Without an exception it is only not known yet, or electing a primary.
      failure =
          now.getServerDescriptions().stream()
              .map(ServerDescription::getException)
              .filter(Objects::nonNull)
              .map(e -> e.getCause() == null ? e : e.getCause())
              .map(cause -> String.valueOf(cause.getMessage()))
              .findFirst()
              .orElse(null);
    }
    tell();
  }

  private void tell() {
    boolean away = failure != null;
    if (telling && away != told) {
      told = away;
      if (away) {
        LOG.warn("MongoDB is away, trying on: {}", failure);
      } else {
        LOG.info("MongoDB is back");
      }
    }
  }
}
