using System.Security.Authentication;
using SentryOtel.Cluster.Credentials;
using SentryOtel.Gateway.Configuration;

namespace SentryOtel.Gateway.Tests.Configuration;

/// <summary>Configurations in the shapes in which Collectors run.</summary>
public sealed class DialectTests
{
    private const string Service = """

        service:
          pipelines:
            traces: {receivers: [otlp], processors: [batch], exporters: [sentry]}
        """;

    private const string Entrance = """
        receivers: {otlp: {protocols: {grpc: , http: } } }
        processors: {batch: }

        """;

    [Fact]
    public void Anchors_and_merge_keys_share_settings_and_own_keys_win()
    {
        var result = Read(Entrance + """
            exporters:
              sentry: &base
                <<: [{timeout: 1s, auto_create_projects: true}, {timeout: 2s}]
                url: https://sentry.io
                org_slug: acme
                auth_token: t
                timeout: 9s
              sentry/eu:
                org_slug: acme-eu
                <<: *base
            service:
              pipelines:
                traces: {receivers: [otlp], processors: [batch], exporters: [sentry, sentry/eu]}
            """);

        Assert.Empty(result.Problems);
        var eu = result.Configuration!.Exporters["sentry/eu"];
        Assert.Equal("acme-eu", eu.Api!.Organization);
        Assert.Equal(TimeSpan.FromSeconds(9), eu.Timeout);
        Assert.True(eu.AutoCreateProjects);
    }

    [Fact]
    public void Key_that_stands_twice_is_an_error_with_its_place()
    {
        var result = Read("receivers: {}\nexporters: {}\nreceivers: {}\n");

        var problem = Assert.Single(result.Problems);
        Assert.True(problem.IsError);
        Assert.Equal((3, 1), (problem.Line, problem.Column));
        Assert.Contains("receivers", problem.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Components_that_the_gateway_lacks_may_stay_as_long_as_nothing_uses_them()
    {
        var result = Read(Exporter(string.Empty) + "\nextensions: {zpages: {}}");

        Assert.NotNull(result.Configuration);
        Assert.Equal("extensions.zpages", Assert.Single(result.Problems).Path);
    }

    [Fact]
    public void Component_in_use_that_the_gateway_lacks_is_an_error_with_a_cure()
    {
        var result = Read(Exporter(string.Empty).Replace("{batch: }", "{batch: , attributes: {}}", StringComparison.Ordinal).Replace("[batch]", "[attributes]", StringComparison.Ordinal));

        var problem = Assert.Single(result.Problems, problem => problem.Path == "processors.attributes");
        Assert.True(problem.IsError);
        Assert.Contains("OpenTelemetry Collector in front", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dollar_signs_files_and_defaults_are_replaced()
    {
        var result = Read(Exporter("http: {headers: {X-Cost: $$5, X-Team: '${env:TEAM:-core}', X-Key: '${file:/key}'} }"), path => path == "/key" ? "k\n" : throw new FileNotFoundException());

        Assert.Empty(result.Problems);
        var headers = result.Configuration!.Exporters["sentry"].Http.Headers;
        Assert.Equal(("$5", "core", "k"), (headers["X-Cost"].Value, headers["X-Team"].Value, headers["X-Key"].Value));
    }

    [Fact]
    public void Client_settings_of_the_Collector_are_served()
    {
        using var authority = new CertificateAuthority("test");
        var pair = authority.IssueClient("gateway");

        var result = Read(
            Exporter("""
                http:
                      proxy_url: http://proxy.example:3128
                      max_conns_per_host: 12
                      idle_conn_timeout: 30s
                      http2_read_idle_timeout: 20s
                      http2_ping_timeout: 4s
                      disable_keep_alives: true
                      tls: {ca_file: /ca, include_system_ca_certs_pool: true, cert_file: /cert, key_file: /key, min_version: "1.3", server_name_override: sentry.internal}
                """),
            path => path switch
            {
                "/ca" => authority.CertificatePem,
                "/cert" => pair.Certificate,
                "/key" => pair.PrivateKey,
                _ => throw new FileNotFoundException(),
            });

        Assert.Empty(result.Problems);
        var http = result.Configuration!.Exporters["sentry"].Http;
        Assert.True(http.IncludeSystemAuthorities);
        Assert.NotNull(http.ClientCertificate);
        Assert.Equal(SslProtocols.Tls13, http.TlsVersions);
        Assert.Equal((12, false, TimeSpan.FromSeconds(30)), (http.MaxConnectionsPerHost, http.KeepAlives, http.IdleTimeout));
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(4)), (http.PingAfter, http.PingTimeout));
    }

    [Theory]
    [InlineData("tls: {cert_pem: x}", "tls.cert_pem", "together")]
    [InlineData("tls: {cert_pem: x, key_pem: y}", "tls.cert_pem", "no PEM certificate")]
    [InlineData("tls: {min_version: '1.1'}", "tls.min_version", "use 1.2 or 1.3")]
    [InlineData("tls: {min_version: '1.3', max_version: '1.2'}", "tls.max_version", "lower")]
    [InlineData("tls: {min_version: '3'}", "tls.min_version", "one of")]
    [InlineData("tls: {cipher_suites: [A]}", "tls.cipher_suites", "remove it")]
    [InlineData("tls: {curve_preferences: [P256]}", "tls.curve_preferences", "remove it")]
    [InlineData("tls: {tpm: {enabled: true}}", "tls.tpm", "key_file")]
    [InlineData("tls: {include_insecure_cipher_suites: true}", "tls.include_insecure_cipher_suites", "remove it")]
    [InlineData("auth: {authenticator: basicauth/x}", "auth", "http.headers")]
    [InlineData("middlewares: [{id: x}]", "middlewares", "")]
    [InlineData("compression: brotli", "compression", "one of")]
    [InlineData("proxy_url: ':foo'", "proxy_url", "http, https or socks5")]
    public void Client_setting_that_can_not_be_is_an_error_with_a_cure(string setting, string path, string cure)
    {
        var result = Read(Exporter($"http: {{{setting}}}"));

        var problem = Assert.Single(result.Problems, problem => problem.IsError && problem.Path == $"exporters.sentry.http.{path}");
        Assert.Contains(cure, problem.Message, StringComparison.Ordinal);
        Assert.True(problem is { Line: > 1, Column: > 1 });
    }

    [Theory]
    [InlineData("compression: zstd")]
    [InlineData("cookies: {enabled: true}")]
    [InlineData("compression_params: {level: 3}")]
    [InlineData("force_attempt_http2: true")]
    [InlineData("read_buffer_size: 4096")]
    [InlineData("tls: {reload_interval: 1h}")]
    [InlineData("tls: {insecure: true}")]
    public void Client_setting_without_a_meaning_is_told_once(string setting)
    {
        var result = Read(Exporter($"http: {{{setting}}}"));

        Assert.NotNull(result.Configuration);
        Assert.False(Assert.Single(result.Problems).IsError);
    }

    [Fact]
    public void Pipelines_that_meet_in_an_exporter_batch_by_the_stricter_bounds()
    {
        var result = Read("""
            receivers: {otlp: {protocols: {grpc: } } }
            processors: {batch/slow: {timeout: 5s, send_batch_size: 100}, batch/quick: {timeout: 1s, send_batch_size: 200, send_batch_max_size: 300} }
            exporters: {sentry: {url: "https://sentry.io", org_slug: acme, auth_token: t} }
            service:
              pipelines:
                traces/slow: {receivers: [otlp], processors: [batch/slow], exporters: [sentry]}
                traces/quick: {receivers: [otlp], processors: [batch/quick], exporters: [sentry]}
            """);

        Assert.Equal("service.pipelines.traces/quick", Assert.Single(result.Problems).Path);
        Assert.All(result.Configuration!.Pipelines, pipeline => Assert.Equal(new BatchConfiguration(TimeSpan.FromSeconds(1), 100, 300), pipeline.Batch));
    }

    [Fact]
    public void What_differs_between_two_configurations_is_named_by_path_with_the_content_of_files()
    {
        var before = Read(Exporter("http: {tls: {ca_pem: '${file:/a}'}}"), _ => "one").Configuration;
        var loaded = Read(Exporter("timeout: 3s"));
        var next = Read(Exporter("timeout: 4s\n    http: {headers: {X: '${file:/a}'} }"), _ => "two");

        Assert.Null(before);
        Assert.Equal(
            ["exporters.sentry.http", "exporters.sentry.http.headers", "exporters.sentry.http.headers.X", "exporters.sentry.timeout"],
            loaded.Configuration!.Values.To(next.Configuration!.Values).Paths);
    }

    private static string Exporter(string lines) =>
        Entrance + $"exporters:\n  sentry:\n    url: https://sentry.io\n    org_slug: acme\n    auth_token: t\n    {lines}" + Service;

    private static ConfigurationResult Read(string yaml, Func<string, string>? readFile = null) =>
        ConfigurationFile.Read(yaml, _ => null, readFile ?? (_ => throw new FileNotFoundException()), 1L << 30);
}
