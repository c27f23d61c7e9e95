package io.driveline.system.faults.broken;

import com.mongodb.client.MongoClient;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts itself between the worker and MongoDB where a promise is to be broken there. */
@Configuration(proxyBeanMethods = false)
class Sabotage {

  @Bean
  static BeanPostProcessor betweenWorkerAndMongo() {
    String broken = System.getenv("FAULTS_BREAK");
    return new BeanPostProcessor() {
      @Override
      public Object postProcessAfterInitialization(Object bean, String name) {
        if (!(bean instanceof MongoClient mongo) || broken == null) {
          return bean;
        }
        return switch (broken) {
          case "no-fencing" -> Interposed.on(MongoClient.class, mongo, new NoFencing());
          case "pairwise-order" ->
              Interposed.on(MongoClient.class, mongo, new PairwiseOrder(mongo));
          default -> bean;
        };
      }
    };
  }
}
