package io.driveline.system.faults.broken;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.bson.Document;

/**
 * A MongoDB client, its databases and its collections, as they are but for what happens to the
 * arguments of a call on a collection.
 */
final class Interposed implements InvocationHandler {

  /** What may be done to a call before it goes on. */
  interface Change {

    /**
     * Looks at a call, and may change its arguments in place.
     *
     * @param collection its name, such as {@code events}
     * @param method such as {@code updateOne}
     * @param filter the filter; a copy that is sent in its place
     */
    void before(String collection, String method, Document filter);
  }

  private final Object target;
  private final Change change;

  private Interposed(Object target, Change change) {
    this.target = target;
    this.change = change;
  }

  static <T> T on(Class<T> type, T target, Change change) {
    return type.cast(
        Proxy.newProxyInstance(
            Interposed.class.getClassLoader(),
            new Class<?>[] {type},
            new Interposed(target, change)));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (target instanceof MongoCollection<?> collection
        && arguments != null
        && arguments.length > 0
        && arguments[0] instanceof Document filter) {
      Document copy = new Document(filter);
      change.before(collection.getNamespace().getCollectionName(), method.getName(), copy);
      arguments[0] = copy;
    }
    Object result;
    try {
      result = method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    return switch (result) {
      case MongoCollection<?> collection -> on(MongoCollection.class, collection, change);
      case MongoDatabase database -> on(MongoDatabase.class, database, change);
      case null, default -> result;
    };
  }
}
