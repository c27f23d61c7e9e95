package io.driveline.grpc.billing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where the next page of a list begins, as text that means nothing to the caller: a digest over the
 * query and the last id, then that id. The digest keeps a token from another query, or one cut off
 * in a log, from giving a page that looks right; it is no secret, since an id opens nothing.
 */
final class PageToken {

  private static final int DIGEST_BYTES = 8;

  private PageToken() {}

  /**
   * @param scope what the list is over: account, mode, and filter
   * @param last the last {@code _id} of this page
   */
  static String write(String type, String scope, String last) {
    byte[] id = last.getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(
            ByteBuffer.allocate(DIGEST_BYTES + id.length)
                .put(digest(type, scope, last))
                .put(id)
                .array());
  }

  /**
   * Gives the {@code _id} to go on after.
   *
   * @throws InvalidRequestException if the token was not given for this type and scope
   */
  static String read(String type, String scope, String token) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      throw foreign();
    }
    if (bytes.length <= DIGEST_BYTES) {
      throw foreign();
    }
    String last =
        new String(bytes, DIGEST_BYTES, bytes.length - DIGEST_BYTES, StandardCharsets.UTF_8);
    if (!Arrays.equals(digest(type, scope, last), Arrays.copyOf(bytes, DIGEST_BYTES))) {
      throw foreign();
    }
    return last;
  }

  private static InvalidRequestException foreign() {
    return new InvalidRequestException("page_token was not given by this list");
  }

  private static byte[] digest(String type, String scope, String last) {
    try {
      byte[] whole =
          MessageDigest.getInstance("SHA-256")
              .digest((type + '\n' + scope + '\n' + last).getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(whole, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
