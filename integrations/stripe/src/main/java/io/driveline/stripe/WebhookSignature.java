package io.driveline.stripe;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Stripe's webhook signatures: {@code Stripe-Signature: t=<unix seconds>,v1=<hex>[,v1=<hex>…]},
 * where v1 is HMAC-SHA256 over {@code t + "." + raw body} and the key is the whole secret, {@code
 * whsec_} included. Only v1 counts; Stripe sends v0 with test events to be ignored. While a secret
 * is rolled the header has a v1 for each active one.
 */
public final class WebhookSignature {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int DIGEST_BYTES = 32;
  private static final int MAX_HEADER_LENGTH = 4096;
  private static final int MAX_SECOND_DIGITS = 12;

  private WebhookSignature() {}

  /**
   * Checks a signature in constant time, over every secret and every v1.
   *
   * @param header the value of {@code Stripe-Signature}; null if there was none
   * @param body the raw bytes
   * @param secrets the secrets in force
   * @param now when the body was received
   * @param tolerance how far the signature's time may lie in the past or in the future
   * @return the position in {@code secrets} of the first that matches
   * @throws InvalidSignatureException if it is missing, malformed, wrong, stale or from the future
   */
  public static int verify(
      String header, byte[] body, List<String> secrets, Instant now, Duration tolerance)
      throws InvalidSignatureException {
    Parsed parsed = parse(header);
    int matched = -1;
    for (int i = secrets.size() - 1; i >= 0; i--) {
      byte[] expected = hmac(secrets.get(i), parsed.time(), body);
      for (byte[] candidate : parsed.signatures()) {
        if (MessageDigest.isEqual(expected, candidate)) {
          matched = i;
        }
      }
    }
    if (matched < 0) {
      throw new InvalidSignatureException("no signature matches the body and a secret in force");
    }
    long apart = now.getEpochSecond() - parsed.seconds();
    if (apart > tolerance.toSeconds()) {
      throw new InvalidSignatureException("the signature is too old");
    }
    if (-apart > tolerance.toSeconds()) {
      throw new InvalidSignatureException("the signature is from the future");
    }
    return matched;
  }

  /**
   * Signs as Stripe does.
   *
   * @return a value for {@code Stripe-Signature}
   */
  public static String sign(byte[] body, String secret, Instant at) {
    String time = String.valueOf(at.getEpochSecond());
    return "t=" + time + ",v1=" + HexFormat.of().formatHex(hmac(secret, time, body));
  }

  /** The time stays text too: the HMAC is over the digits as they were sent. */
  private record Parsed(String time, long seconds, List<byte[]> signatures) {}

  private static Parsed parse(String header) throws InvalidSignatureException {
    if (header == null || header.isBlank()) {
      throw new InvalidSignatureException("the Stripe-Signature header is missing");
    }
    if (header.length() > MAX_HEADER_LENGTH) {
      throw new InvalidSignatureException("the Stripe-Signature header is too long");
    }
    String time = null;
    List<byte[]> signatures = new ArrayList<>();
    for (String item : header.split(",", -1)) {
      String[] pair = item.strip().split("=", 2);
      if (pair.length < 2) {
        throw malformed();
      }
      if (pair[0].equals("t")) {
        if (time != null || !isTime(pair[1])) {
          throw malformed();
        }
        time = pair[1];
      } else if (pair[0].equals("v1")) {
        signatures.add(digest(pair[1]));
      }
    }
    if (time == null || signatures.isEmpty()) {
      throw malformed();
    }
    return new Parsed(time, Long.parseLong(time), signatures);
  }

  private static boolean isTime(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_SECOND_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static byte[] digest(String hex) throws InvalidSignatureException {
    try {
      byte[] digest = HexFormat.of().parseHex(hex);
      if (digest.length == DIGEST_BYTES) {
        return digest;
      }
    } catch (IllegalArgumentException e) {
      // not hexadecimal: refused below
    }
    throw malformed();
  }

  private static InvalidSignatureException malformed() {
    return new InvalidSignatureException("the Stripe-Signature header is malformed");
  }

  private static byte[] hmac(String secret, String time, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
