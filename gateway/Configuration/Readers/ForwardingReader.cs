using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>exporters.sentry.metrics</c>.</summary>
internal static class ForwardingReader
{
    private const string HttpPath = "/v1/metrics";
    private const string GrpcPath = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    private const int GrpcPort = 4317;

    private static readonly string[] Reserved =
        ["content-type", "content-encoding", "content-length", "host", "te", "transfer-encoding", "connection", "grpc-encoding", "grpc-timeout"];

    public static ForwardingConfiguration? Read(SectionReader? metrics, ReadContext context)
    {
        var section = metrics?.Section("forward_to");
        metrics?.Finish();
        if (section is null)
        {
            return null;
        }

        var isGrpc = section.OneOf("protocol", "http/protobuf", "http/protobuf", "grpc") == "grpc";
        var tls = section.Section("tls");
        var (certificate, key) = TlsReader.Certificate(tls, context);
        var otherwise = new ForwardingConfiguration { Address = new Uri("http://localhost") };
        var configuration = new ForwardingConfiguration
        {
            Address = Address(section, isGrpc) ?? otherwise.Address,
            IsGrpc = isGrpc,
            Headers = HttpReader.Headers(section, Reserved),
            Gzip = section.OneOf("compression", "gzip", "gzip", "none", string.Empty) != "none",
            Timeout = section.Duration("timeout", otherwise.Timeout, TimeSpan.FromMilliseconds(1)),
            CertificateAuthorities = HttpReader.Authorities(tls, context),
            IncludeSystemAuthorities = tls?.Flag("include_system_ca_certs_pool", false) ?? false,
            ClientCertificate = certificate,
            ClientKey = key,
            TlsVersions = TlsReader.Versions(tls),
            InsecureSkipVerify = tls?.Flag("insecure_skip_verify", false) ?? false,
            ServerName = tls?.Text("server_name_override"),
        };
        TlsReader.Rest(tls);
        tls?.Finish();
        section.Finish();
        return configuration;
    }

    private static Uri? Address(SectionReader section, bool isGrpc)
    {
        if (section.Text("endpoint") is not { Length: > 0 } text)
        {
            if (!section.HasError("endpoint"))
            {
                section.Error("endpoint", "must be configured: the OTLP endpoint that takes the metrics, as https://otlp.example.com.");
            }

            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            section.Error("endpoint", "must be an http or https address without user or password; credentials go under headers.");
            return null;
        }

        var path = uri.AbsolutePath.TrimEnd('/');
        if (isGrpc)
        {
            if (path.Length > 0)
            {
                section.Error("endpoint", "must have no path with protocol grpc.");
            }

            return new Uri(uri, GrpcPath);
        }

        if (uri.Port == GrpcPort && !section.Has("protocol"))
        {
            section.Warning("endpoint", "4317 is the port of OTLP/gRPC; set protocol to grpc, or to http/protobuf if the endpoint takes that there.");
        }

        // As the Collector's otlphttp exporter and OTEL_EXPORTER_OTLP_ENDPOINT do.
        return path.EndsWith(HttpPath, StringComparison.Ordinal) ? uri : new UriBuilder(uri) { Path = path + HttpPath }.Uri;
    }
}
