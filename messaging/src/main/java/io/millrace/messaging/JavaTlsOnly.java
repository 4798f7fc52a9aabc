package io.millrace.messaging;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.CipherSuiteFilter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextOption;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * Makes Netty use Java's TLS in native executables. The classes of OpenSSL's TLS are not on the
 * class path. Quarkus substitutes the methods of its own Netty version that name them; the newer
 * version used here has one more. The class is in this module because all services depend on it.
 */
@TargetClass(SslContext.class)
final class JavaTlsOnly {
  private JavaTlsOnly() {}

  /** Quarkus' substitute, which uses Java's TLS. */
  @Alias
  static native SslContext newClientContextInternal(
      SslProvider provider,
      Provider contextProvider,
      X509Certificate[] trusted,
      TrustManagerFactory trust,
      X509Certificate[] chain,
      PrivateKey key,
      String keyPassword,
      KeyManagerFactory keys,
      Iterable<String> ciphers,
      CipherSuiteFilter filter,
      ApplicationProtocolConfig protocol,
      String[] protocols,
      long sessionCacheSize,
      long sessionTimeout,
      boolean ocsp,
      SecureRandom random,
      String keyStoreType,
      String identification,
      Map.Entry<SslContextOption<?>, Object>[] options)
      throws SSLException;

  /** Uses the method above. Only OpenSSL needs the StartTLS flag. */
  @Substitute
  static SslContext newClientContextInternal(
      SslProvider provider,
      Provider contextProvider,
      X509Certificate[] trusted,
      TrustManagerFactory trust,
      X509Certificate[] chain,
      PrivateKey key,
      String keyPassword,
      KeyManagerFactory keys,
      Iterable<String> ciphers,
      CipherSuiteFilter filter,
      ApplicationProtocolConfig protocol,
      String[] protocols,
      long sessionCacheSize,
      long sessionTimeout,
      boolean startTls,
      boolean ocsp,
      SecureRandom random,
      String keyStoreType,
      String identification,
      Map.Entry<SslContextOption<?>, Object>[] options)
      throws SSLException {
    return newClientContextInternal(
        provider,
        contextProvider,
        trusted,
        trust,
        chain,
        key,
        keyPassword,
        keys,
        ciphers,
        filter,
        protocol,
        protocols,
        sessionCacheSize,
        sessionTimeout,
        ocsp,
        random,
        keyStoreType,
        identification,
        options);
  }
}
