package io.driveline.runtime.rabbitmq;

import com.rabbitmq.client.ConnectionFactory;
import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.util.List;
import org.apache.camel.component.springrabbit.SpringRabbitMQComponent;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.amqp.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * RabbitMQ for an app that may reach it. An app that may not excludes this class, since in the
 * sandbox all four apps share one class path.
 */
@AutoConfiguration(before = RabbitAutoConfiguration.class)
@ConditionalOnClass(SpringRabbitMQComponent.class)
public class RabbitMQConfiguration {

  private static final int CHANNELS = 16;
  private static final int HEARTBEAT_SECONDS = 10;

  @Bean
  RabbitMQSettings rabbitMQSettings(Environment environment) {
    return RabbitMQSettings.from(new Settings(environment));
  }

  @Bean
  Topology rabbitMQTopology() {
    return new Topology();
  }

  /** The consumers' connection; publishers have their own, which the broker may block alone. */
  @Bean
  CachingConnectionFactory rabbitMQConnectionFactory(
      RabbitMQSettings settings,
      Topology topology,
      @Value("${driveline.app:driveline}") String app) {
    CachingConnectionFactory factory = factory(settings, app + "-consumer");
    factory.addConnectionListener(topology);
    return factory;
  }

  @Bean
  ConfirmedPublisher confirmedPublisher(
      RabbitMQSettings settings,
      Topology topology,
      @Value("${driveline.app:driveline}") String app) {
    CachingConnectionFactory factory = factory(settings, app + "-publisher");
    factory.setPublisherConfirmType(CachingConnectionFactory.ConfirmType.CORRELATED);
    factory.setPublisherReturns(true);
    factory.setChannelCacheSize(CHANNELS);
    // Makes the cache's size a limit, and bounds the wait for a channel.
    factory.setChannelCheckoutTimeout(settings.confirmTimeout().toMillis());
    return new ConfirmedPublisher(factory, topology, settings);
  }

  /** Named so that Camel takes it for {@code spring-rabbitmq:}. */
  @Bean("spring-rabbitmq-component")
  ConfirmedRabbitMQComponent springRabbitMQComponent(
      ConfirmedPublisher publisher, CachingConnectionFactory rabbitMQConnectionFactory) {
    ConfirmedRabbitMQComponent component = new ConfirmedRabbitMQComponent(publisher);
    component.setConnectionFactory(rabbitMQConnectionFactory);
    return component;
  }

  /** Health {@code rabbitMQ}: whether something can be published, and what the broker refused. */
  @Bean
  HealthIndicator rabbitMQHealthIndicator(ConfirmedPublisher publisher, Topology topology) {
    return () -> {
      List<String> problems = topology.problems();
      String unavailable = publisher.unavailable();
      Health.Builder health = unavailable == null ? Health.up() : Health.down();
      if (unavailable != null) {
        health.withDetail("unavailable", unavailable);
      }
      return (problems.isEmpty() ? health : health.withDetail("topology", problems)).build();
    };
  }

  private static CachingConnectionFactory factory(RabbitMQSettings settings, String name) {
    ConnectionFactory client = new ConnectionFactory();
    try {
      client.setUri(settings.uri());
    } catch (URISyntaxException | GeneralSecurityException e) {
      throw new WrongSettingException(
          "DRIVELINE_RABBITMQ_URI must be of the form amqp://user:password@host:port/vhost");
    }
    client.setConnectionTimeout(Math.toIntExact(settings.connectTimeout().toMillis()));
    client.setHandshakeTimeout(Math.toIntExact(settings.connectTimeout().toMillis()));
    client.setRequestedHeartbeat(HEARTBEAT_SECONDS);
    client.setAutomaticRecoveryEnabled(false); // Spring opens a new connection instead
    CachingConnectionFactory factory = new CachingConnectionFactory(client);
    factory.setConnectionNameStrategy(any -> "driveline-" + name);
    return factory;
  }
}
