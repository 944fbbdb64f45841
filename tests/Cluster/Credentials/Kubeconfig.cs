using System.Text;

namespace SentryOtel.Cluster.Credentials;

/// <summary>The text of kubeconfig files (<c>v1 Config</c>) for one server, with the certificates inside.</summary>
internal static class Kubeconfig
{
    internal static string ForClientCertificate(Uri server, string authorityPem, PemCertificate client, string? tlsServerName = null)
        => Write(server, authorityPem, tlsServerName, $"""
            client-certificate-data: {Base64(client.Certificate)}
                client-key-data: {Base64(client.PrivateKey)}
            """);

    internal static string ForToken(Uri server, string authorityPem, string token)
        => Write(server, authorityPem, tlsServerName: null, $"token: {token}");

    internal static string ForTokenFile(Uri server, string authorityPem, string tokenFile, string @namespace)
        => Write(server, authorityPem, tlsServerName: null, $"tokenFile: {tokenFile}", @namespace);

    private static string Write(Uri server, string authorityPem, string? tlsServerName, string user, string @namespace = "default") => $"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters:
        - name: test
          cluster:
            server: {server.GetLeftPart(UriPartial.Authority)}
            certificate-authority-data: {Base64(authorityPem)}
            {(tlsServerName is null ? string.Empty : $"tls-server-name: {tlsServerName}")}
        users:
        - name: test
          user:
            {user}
        contexts:
        - name: test
          context:
            cluster: test
            user: test
            namespace: {@namespace}

        """;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
