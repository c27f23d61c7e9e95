package io.driveline.servers.mongodb;

import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.backend.ValueComparator;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.h2.mvstore.type.ByteArrayDataType;

/** Any BSON value, or a list of such, as a key of a map, in MongoDB's order. */
final class BsonType extends BasicDataType<Object> {

  static final BsonType INSTANCE = new BsonType();

  /** Above all values; stored nowhere, but where a search backwards begins. */
  static final Object HIGHEST = new Object();

  private static final Comparator<Object> ORDER = ValueComparator.ascWithoutListHandling();
  private static final int OBJECT_BYTES = 48;

  private BsonType() {}

  static byte[] encode(Document document) {
    ByteBuf buffer = Unpooled.buffer();
    BsonEncoder.encodeDocument(document, buffer);
    return ByteBufUtil.getBytes(buffer);
  }

  static Document decode(byte[] bytes) {
    return BsonDecoder.decodeBson(Unpooled.wrappedBuffer(bytes));
  }

  @Override
  public int compare(Object left, Object right) {
    if (left instanceof List<?> a && right instanceof List<?> b) {
      return compareLists(a, b);
    }
    if (left == HIGHEST || right == HIGHEST) {
      return left == right ? 0 : left == HIGHEST ? 1 : -1;
    }
    return left instanceof String a && right instanceof String b
        ? a.compareTo(b)
        : ORDER.compare(left, right);
  }

  private int compareLists(List<?> left, List<?> right) {
    int common = Math.min(left.size(), right.size());
    for (int i = 0; i < common; i++) {
      int order = compare(left.get(i), right.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }

  @Override
  public void write(WriteBuffer buffer, Object value) {
    Document wrapped = new Document("", value == Missing.getInstance() ? null : value);
    ByteArrayDataType.INSTANCE.write(buffer, encode(wrapped));
  }

  @Override
  public Object read(ByteBuffer buffer) {
    return Missing.ofNullable(decode(ByteArrayDataType.INSTANCE.read(buffer)).get(""));
  }

  /** An estimate is enough: by it pages split and the cache empties. */
  @Override
  public int getMemory(Object value) {
    return switch (value) {
      case String text -> OBJECT_BYTES + 2 * text.length();
      case List<?> values -> OBJECT_BYTES + values.stream().mapToInt(this::getMemory).sum();
      case null, default -> OBJECT_BYTES;
    };
  }

  @Override
  public Object[] createStorage(int size) {
    return new Object[size];
  }
}
