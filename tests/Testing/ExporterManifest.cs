namespace SentryOtel.Testing;

/// <summary>What a person applies to begin: a namespace, a token and an exporter that creates projects.</summary>
public static class ExporterManifest
{
    /// <summary>The three documents.</summary>
    /// <param name="namespace">Where.</param>
    /// <param name="name">The exporter's name.</param>
    /// <param name="sentry">The stand-in's management address.</param>
    /// <param name="token">Stored in the Secret <c>sentry-token</c>.</param>
    /// <param name="specification">More lines of <c>spec</c>, in YAML, not indented.</param>
    public static string Of(string @namespace, string name, Uri sentry, string token, string specification = "") =>
        $$"""
        apiVersion: v1
        kind: Namespace
        metadata: {name: {{@namespace}}}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: sentry-token, namespace: {{@namespace}}}
        stringData: {token: {{token}}}
        ---
        apiVersion: sentry-otel.dev/v1alpha1
        kind: SentryExporter
        metadata: {name: {{name}}, namespace: {{@namespace}}}
        spec:
          url: {{sentry.AbsoluteUri.TrimEnd('/')}}
          orgSlug: acme
          authTokenSecretRef: {name: sentry-token, key: token}
          autoCreateProjects: true
          {{specification.ReplaceLineEndings("\n  ")}}
        """;
}
