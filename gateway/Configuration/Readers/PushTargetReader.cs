using System.Globalization;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary>Where a part of <c>service.telemetry</c> is pushed to.</summary>
internal static class PushTargetReader
{
    private static readonly string[] Reserved = ["content-type", "content-encoding", "content-length", "host", "te", "transfer-encoding", "user-agent"];

    /// <summary>The section's <c>exporter</c>; null when there is none, or when it is wrong.</summary>
    /// <param name="section">A reader or processor.</param>
    /// <param name="path">Added to an HTTP endpoint without one.</param>
    /// <param name="readMore">Reads keys that only one signal has.</param>
    public static PushTarget? Read(SectionReader section, string path, Action<SectionReader> readMore)
    {
        if (section.Section("exporter") is not { } exporter)
        {
            section.Error("exporter", "must be configured, as exporter: {otlp: {protocol: http/protobuf, endpoint: http://localhost:4318}}.");
            return null;
        }

        exporter.NotSupportedYet("console", "prometheus", "zipkin", "otlp_file/development");
        PushTarget? target = null;
        foreach (var key in (string[])["otlp", "otlp_http", "otlp_grpc"])
        {
            if (exporter.Section(key) is { } otlp)
            {
                target = Target(otlp, key, path);
                readMore(otlp);
                otlp.Finish();
            }
        }

        if (target is null && !exporter.Keys.Any())
        {
            section.Error("exporter", "must hold otlp: {protocol, endpoint}.");
        }

        exporter.Finish();
        return target;
    }

    /// <summary>A time without a unit, as the declarative configuration has it, or with one.</summary>
    public static TimeSpan Milliseconds(SectionReader section, string key, TimeSpan otherwise) =>
        section.Text(key) is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? TimeSpan.FromMilliseconds(section.Number(key, (long)otherwise.TotalMilliseconds, 1, int.MaxValue))
            : section.Duration(key, otherwise, TimeSpan.FromMilliseconds(1));

    private static PushTarget? Target(SectionReader otlp, string key, string path)
    {
        var isGrpc = key switch
        {
            "otlp_grpc" => true,
            "otlp_http" => false,
            _ => otlp.OneOf("protocol", "http/protobuf", "grpc", "http/protobuf") == "grpc",
        };
        otlp.NotSupportedYet("certificate", "client_key", "client_certificate", "certificate_file", "client_key_file", "client_certificate_file", "tls");
        var insecure = otlp.Flag("insecure", false);
        var headers = otlp.IsList("headers") ? Listed(otlp) : HttpReader.Headers(otlp, Reserved);
        foreach (var pair in (otlp.Text("headers_list") ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                otlp.Error("headers_list", "must be name=value, several with commas between.");
                break;
            }

            headers.TryAdd(pair[..equals], new Secret(pair[(equals + 1)..]));
        }

        var gzip = otlp.OneOf("compression", "none", "none", "gzip") == "gzip";
        var timeout = Milliseconds(otlp, "timeout", TimeSpan.FromSeconds(10));
        return Address(otlp, isGrpc, insecure, path) is { } address ? new PushTarget(address, isGrpc, headers, gzip, timeout) : null;
    }

    private static Uri? Address(SectionReader otlp, bool isGrpc, bool insecure, string path)
    {
        var text = otlp.Text("endpoint") ?? (isGrpc ? "http://localhost:4317" : "http://localhost:4318");
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            text = $"{(insecure ? "http" : "https")}://{text}";
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
        {
            otlp.Error("endpoint", "must be an http or https address without user or password; credentials go under headers.");
            return null;
        }

        return isGrpc || uri.AbsolutePath != "/" ? uri : new Uri(uri, path);
    }

    private static Dictionary<string, Secret> Listed(SectionReader otlp)
    {
        var headers = new Dictionary<string, Secret>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in otlp.Sections("headers"))
        {
            if (header.Text("name") is { Length: > 0 } name)
            {
                headers[name] = header.Secret("value") ?? new Secret(string.Empty);
            }
            else
            {
                header.Error("name", "must be configured.");
            }

            header.Finish();
        }

        return headers;
    }
}
