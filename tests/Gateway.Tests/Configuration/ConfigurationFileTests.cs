using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Configuration;

public sealed class ConfigurationFileTests
{
    private const string Guide = """
        receivers:
          otlp:
            protocols:
              grpc:
                endpoint: 0.0.0.0:4317
              http:
                endpoint: 0.0.0.0:4318

        exporters:
          sentry:
            url: https://sentry.io
            org_slug: ${env:SENTRY_ORG_SLUG}
            auth_token: ${env:SENTRY_AUTH_TOKEN}

        processors:
          batch:

        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [batch]
              exporters: [sentry]
            logs:
              receivers: [otlp]
              processors: [batch]
              exporters: [sentry]
        """;

    [Fact]
    public void Setup_guide_of_the_Collectors_exporter_runs_unchanged()
    {
        var result = Read(Guide);

        Assert.Empty(result.Problems);
        var exporter = Assert.Single(result.Configuration!.Exporters).Value;
        Assert.Equal(new SentryApiConfiguration(new Uri("https://sentry.io"), "acme", new Secret("sntryi_secret")), exporter.Api);
        Assert.Equal("service.name", exporter.Routing.ProjectFromAttribute);
        Assert.Equal(new ListenEndpoint("0.0.0.0", 4317), result.Configuration.Receivers["otlp"].Grpc!.Endpoint);
        Assert.Equal([OtlpSignal.Traces, OtlpSignal.Logs], result.Configuration.Pipelines.Select(pipeline => pipeline.Signal));
        Assert.Equal(new ListenEndpoint("localhost", 8888), result.Configuration.Telemetry.MetricsEndpoint);
    }

    [Fact]
    public void Named_components_and_several_pipelines_are_told_apart()
    {
        var result = Read("""
            receivers:
              otlp: {protocols: {grpc: {endpoint: "[::]:4317", max_recv_msg_size_mib: 8}}}
              otlp/two: {protocols: {http: {endpoint: "127.0.0.1:9", max_request_body_size: 1MiB}}}
            processors:
              batch/slow: {timeout: 1m30s, send_batch_size: 100, send_batch_max_size: 200}
              memory_limiter: {limit_mib: 100, spike_limit_mib: 20}
            exporters:
              sentry/eu: {url: "https://de.sentry.io", org_slug: eu, auth_token: t, auto_create_projects: true, timeout: 7s}
              sentry/us: {dsn: "https://0123456789abcdef0123456789abcdef@o1.ingest.us.sentry.io/42"}
            extensions: {health_check: {endpoint: "0.0.0.0:13133"}}
            service:
              extensions: [health_check]
              telemetry: {logs: {level: debug, encoding: json}, metrics: {readers: [{pull: {exporter: {prometheus: {host: 0.0.0.0, port: 9999}}}}]}}
              pipelines:
                traces: {receivers: [otlp], processors: [memory_limiter, batch/slow], exporters: [sentry/eu]}
                traces/us: {receivers: [otlp/two], exporters: [sentry/us]}
            """);

        Assert.Empty(result.Problems);
        var configuration = result.Configuration!;
        Assert.Equal(8 * 1024 * 1024, configuration.Receivers["otlp"].Grpc!.MaxRequestBytes);
        Assert.Equal(1024 * 1024, configuration.Receivers["otlp/two"].Http!.MaxRequestBytes);
        Assert.Equal(new BatchConfiguration(TimeSpan.FromSeconds(90), 100, 200), configuration.Pipelines[0].Batch);
        Assert.Equal(40 * 1024 * 1024, configuration.AdmissionBytes);
        Assert.True(configuration.Exporters["sentry/eu"].AutoCreateProjects);
        Assert.Equal(TimeSpan.FromSeconds(7), configuration.Exporters["sentry/eu"].Timeout);
        Assert.Equal("42", configuration.Exporters["sentry/us"].Dsn!.ProjectId);
        Assert.Null(configuration.Exporters["sentry/us"].Api);
        Assert.Equal(new ListenEndpoint("0.0.0.0", 13133), configuration.HealthCheck!.Endpoint);
        Assert.Equal(new TelemetryConfiguration("debug", true, new ListenEndpoint("0.0.0.0", 9999)), configuration.Telemetry);
    }

    [Theory]
    [InlineData("url: https://sentry.io", "urll: https://sentry.io", 11, "exporters.sentry.urll", "Did you mean \"url\"?")]
    [InlineData("url: https://sentry.io", "dns: https://sentry.io", 11, "exporters.sentry.dns", "Did you mean \"dsn\"?")]
    [InlineData("url: https://sentry.io", "url: ftp://sentry.io", 11, "exporters.sentry.url", "http or https")]
    [InlineData("org_slug: ${env:SENTRY_ORG_SLUG}", "org_slug:", 12, "exporters.sentry.org_slug", "must be configured")]
    [InlineData("${env:SENTRY_AUTH_TOKEN}", "${env:NOT_SET}", 13, "exporters.sentry.auth_token", "NOT_SET is not set")]
    [InlineData("${env:SENTRY_AUTH_TOKEN}", "${vault:x}", 13, "exporters.sentry.auth_token", "no source \"vault\"")]
    [InlineData("endpoint: 0.0.0.0:4317", "endpoint: 0.0.0.0", 5, "receivers.otlp.protocols.grpc.endpoint", "0.0.0.0:4317")]
    [InlineData("endpoint: 0.0.0.0:4317", "middlewares: [{id: x}]", 5, "receivers.otlp.protocols.grpc.middlewares", "no middlewares")]
    [InlineData("traces:", "metrics:", 20, "service.pipelines.metrics", "Set metrics.forward_to")]
    [InlineData("url: https://sentry.io", "metrics: {forward_to: {}}", 11, "exporters.sentry.metrics.forward_to.endpoint", "must be configured")]
    [InlineData("url: https://sentry.io", "metrics: {forward_to: {endpoint: localhost:4318}}", 11, "exporters.sentry.metrics.forward_to.endpoint", "http or https")]
    [InlineData("url: https://sentry.io", "metrics: {forward_to: {endpoint: 'http://u:p@localhost'}}", 11, "exporters.sentry.metrics.forward_to.endpoint", "under headers")]
    [InlineData("url: https://sentry.io", "metrics: {forward_to: {endpoint: 'http://a/b', protocol: grpc}}", 11, "exporters.sentry.metrics.forward_to.endpoint", "no path")]
    [InlineData("url: https://sentry.io", "metrics: {forward_to: {endpoint: 'http://a', headers: {te: x}}}", 11, "exporters.sentry.metrics.forward_to.headers.te", "set by the gateway")]
    [InlineData("url: https://sentry.io", "metrics: {forward_too: {}}", 11, "exporters.sentry.metrics.forward_too", "forward_to")]
    [InlineData("traces:", "tracess:", 20, "service.pipelines.tracess", "Did you mean \"traces\"?")]
    [InlineData("url: https://sentry.io", "timeout: 30", 11, "exporters.sentry.timeout", "duration with units")]
    [InlineData("url: https://sentry.io", "sending_queue: {storage: file_storage}", 11, "exporters.sentry.sending_queue.storage", "no extension \"file_storage\"")]
    [InlineData("url: https://sentry.io", "queue: {storage: disk}", 11, "exporters.sentry.queue.directory", "must be configured with storage: disk")]
    [InlineData("url: https://sentry.io", "routing: {attribute_to_project_mapping: {a: Not A Slug}}", 11, "exporters.sentry.routing.attribute_to_project_mapping.a", "slug")]
    [InlineData("url: https://sentry.io", "routing: {project_weights: {orders: 0}}", 11, "exporters.sentry.routing.project_weights.orders", "from 1 to 100")]
    [InlineData("url: https://sentry.io", "routing: {project_weights: {Not A Slug: 2}}", 11, "exporters.sentry.routing.project_weights.Not A Slug", "no project's slug")]
    [InlineData("url: https://sentry.io", "routing: {attribute_to_dsn_mapping: {'': 'https://0123456789abcdef0123456789abcdef@sentry.io/1'}}", 11, "exporters.sentry.routing.attribute_to_dsn_mapping.", "must not be empty")]
    [InlineData("url: https://sentry.io", "http: {tls: {ca_file: /nowhere.pem}}", 11, "exporters.sentry.http.tls.ca_file", "can not be read")]
    [InlineData("url: https://sentry.io", "http: {headers: {Authorization: x}}", 11, "exporters.sentry.http.headers.Authorization", "set by the gateway")]
    [InlineData("url: https://sentry.io", "url: https://sentry.io\n    dsn: https://x@sentry.io/1", 12, "exporters.sentry.dsn", "public key")]
    public void Problem_is_told_with_its_line_and_its_cure(string original, string replacement, int line, string path, string cure)
    {
        var result = Read(Guide.ReplaceLineEndings("\n").Replace(original, replacement, StringComparison.Ordinal));

        Assert.Null(result.Configuration);
        var problem = Assert.Single(result.Problems, candidate => candidate.IsError && candidate.Path == path);
        Assert.Equal(line, problem.Line);
        Assert.Contains(cure, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("endpoint: 'http://otlp.example:4318'", false, "http://otlp.example:4318/v1/metrics")]
    [InlineData("endpoint: 'https://otlp.example/api/otlp/'", false, "https://otlp.example/api/otlp/v1/metrics")]
    [InlineData("endpoint: 'https://otlp.example/v1/metrics'", false, "https://otlp.example/v1/metrics")]
    [InlineData("endpoint: 'http://otlp.example:4317', protocol: grpc", true, "http://otlp.example:4317/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")]
    public void Metrics_pipeline_may_use_the_exporter_that_forwards_them(string destination, bool isGrpc, string address)
    {
        var result = Read(Guide.ReplaceLineEndings("\n")
            .Replace("url: https://sentry.io", $"url: https://sentry.io\n    metrics: {{forward_to: {{{destination}, headers: {{authorization: Bearer x}}, compression: none, timeout: 5s}}}}", StringComparison.Ordinal)
            + "\n    metrics: {receivers: [otlp], exporters: [sentry]}");

        Assert.Empty(result.Problems);
        var forwarding = result.Configuration!.Exporters["sentry"].MetricsForwarding!;
        Assert.Equal((isGrpc, new Uri(address), false, TimeSpan.FromSeconds(5)), (forwarding.IsGrpc, forwarding.Address, forwarding.Gzip, forwarding.Timeout));
        Assert.Equal("Bearer x", forwarding.Headers["authorization"].Value);
        Assert.Contains(result.Configuration.Pipelines, pipeline => pipeline.Signal == OtlpSignal.Metrics);
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        var result = Read("""
            receivers:
              otlp: {protocols: {grpc: {endpoint: nowhere}}}
              jaeger: {}
            exporters:
              sentry: {url: "https://sentry.io", unknown: 1}
            service:
              pipelines:
                traces: {receivers: [otlp, jaeger, zipkin], exporters: [sentry]}
            """);

        Assert.Equal(
            ["receivers.otlp.protocols.grpc.endpoint", "receivers.jaeger", "exporters.sentry.org_slug", "exporters.sentry.auth_token", "exporters.sentry.unknown", "service.pipelines.traces.receivers"],
            result.Problems.Where(problem => problem.IsError).Select(problem => problem.Path).Distinct().OrderBy(path => path.StartsWith("service", StringComparison.Ordinal) ? 2 : path.StartsWith("exporters", StringComparison.Ordinal) ? 1 : 0));
    }

    [Fact]
    public void Key_without_a_meaning_here_is_accepted_with_one_warning()
    {
        var result = Read(Guide.Replace("url: https://sentry.io", "url: https://sentry.io\n    http: {max_idle_conns_per_host: 5}", StringComparison.Ordinal));

        Assert.NotNull(result.Configuration);
        var warning = Assert.Single(result.Problems);
        Assert.False(warning.IsError);
        Assert.Equal("exporters.sentry.http.max_idle_conns_per_host", warning.Path);
    }

    [Fact]
    public void Text_that_is_no_YAML_is_told_with_its_line()
    {
        var result = Read("receivers:\n  otlp: [1, 2\nservice: {}\n");

        var problem = Assert.Single(result.Problems);
        Assert.True(problem.IsError);
        Assert.InRange(problem.Line, 2, 4);
    }

    [Fact]
    public void Substituted_secret_is_in_no_problem_and_in_no_text_of_the_configuration()
    {
        var broken = Read(Guide.Replace("url: https://sentry.io", "url: ${env:SENTRY_AUTH_TOKEN}\n    timeout: ${env:SENTRY_AUTH_TOKEN}", StringComparison.Ordinal));
        var good = Read(Guide);

        Assert.All(broken.Problems, problem => Assert.DoesNotContain("sntryi_secret", problem.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("sntryi_secret", good.Configuration!.Exporters["sentry"].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("${env:UNSET:-fallback}", "fallback")]
    [InlineData("${env:EMPTY:-fallback}", "fallback")]
    [InlineData("a-${SENTRY_ORG_SLUG}-$$", "a-acme-$")]
    [InlineData("${file:/run/slug}", "from-file")]
    public void Substitution_follows_the_Collector(string text, string expected)
    {
        var result = Read(Guide.Replace("${env:SENTRY_ORG_SLUG}", text, StringComparison.Ordinal));

        Assert.Equal(expected, result.Configuration!.Exporters["sentry"].Api!.Organization);
    }

    [Fact]
    public void Source_kubernetes_needs_no_token_but_the_exporters_name()
    {
        var with = Read(Guide.Replace("auth_token: ${env:SENTRY_AUTH_TOKEN}", "projects: {source: kubernetes, exporter: main, namespace: telemetry}", StringComparison.Ordinal));
        var without = Read(Guide.Replace("auth_token: ${env:SENTRY_AUTH_TOKEN}", "projects: {source: kubernetes}", StringComparison.Ordinal));

        Assert.Equal(new KubernetesSourceConfiguration("main", "telemetry"), with.Configuration!.Exporters["sentry"].Kubernetes);
        Assert.Equal("exporters.sentry.projects.exporter", Assert.Single(without.Problems).Path);
    }

    [Fact]
    public void Configuration_that_the_operator_writes_has_no_problem()
    {
        var result = Read("""
            {"extensions": {"health_check": {"endpoint": "fd00::7:13133"}},
             "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": "fd00::7:4317"}, "http": {"endpoint": "fd00::7:4318"}}}},
             "processors": {"batch": {"timeout": "1s", "send_batch_size": 100}, "memory_limiter": {"limit_percentage": 80, "spike_limit_percentage": 20}},
             "exporters": {"sentry": {
               "auto_create_projects": true,
               "routing": {"project_from_attribute": "service.name", "on_missing_attribute": "fallback", "fallback_project": "catch-all", "slug_policy": "normalize"},
               "projects": {"source": "kubernetes", "exporter": "main", "namespace": "telemetry", "max_auto_created": 100, "max_created_per_minute": 30, "allowed_services": ["shop-*", "$${x}"], "denied_services": ["unknown_service*"]},
               "timeout": "30s",
               "http": {"tls": {"insecure_skip_verify": true, "server_name_override": "sentry"}, "headers": {"X-Team": "a"}, "proxy_url": "http://proxy:3128", "compression": "gzip"},
               "queue": {"max_bytes_per_project": 1048576, "max_age": "10m"},
               "retry_on_failure": {"enabled": true, "initial_interval": "5s", "max_interval": "30s", "max_elapsed_time": "300s"}}},
             "service": {"extensions": ["health_check"],
               "pipelines": {"logs": {"receivers": ["otlp"], "processors": ["memory_limiter", "batch"], "exporters": ["sentry"]}},
               "telemetry": {"logs": {"encoding": "json", "level": "info"}, "metrics": {"readers": [{"pull": {"exporter": {"prometheus": {"host": "fd00::7", "port": 8888}}}}]}}}}
            """);

        Assert.Empty(result.Problems);
        Assert.Equal(new ListenEndpoint("fd00::7", 4317), result.Configuration!.Receivers["otlp"].Grpc!.Endpoint);
        Assert.Equal(new ListenEndpoint("fd00::7", 8888), result.Configuration.Telemetry.MetricsEndpoint);
        Assert.Equal("catch-all", result.Configuration.Exporters["sentry"].Routing.FallbackProject);
        var projects = result.Configuration.Exporters["sentry"].Projects;
        Assert.Equal(["shop-*", "${x}"], projects.AllowedServices);
        Assert.Equal((30, new ValueList<string>(["unknown_service*"])), (projects.MaxCreatedPerMinute, projects.DeniedServices));
    }

    [Theory]
    [InlineData("allowed_services: []", "must hold 1 to 100 patterns")]
    [InlineData("denied_services: ['']", "a pattern must have 1 to 256 characters")]
    [InlineData("allowed_services: shop-*", "must be a list")]
    public void Patterns_that_can_not_be_are_named(string patterns, string expected)
    {
        var result = Read(Guide.Replace("auth_token: ${env:SENTRY_AUTH_TOKEN}", $"projects: {{source: kubernetes, exporter: main, {patterns}}}", StringComparison.Ordinal));

        var problem = Assert.Single(result.Problems);
        Assert.StartsWith("exporters.sentry.projects.", problem.Path, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    private static ConfigurationResult Read(string yaml) => ConfigurationFile.Read(
        yaml,
        name => name switch
        {
            "SENTRY_ORG_SLUG" => "acme",
            "SENTRY_AUTH_TOKEN" => "sntryi_secret",
            "EMPTY" => "",
            _ => null,
        },
        path => path == "/run/slug" ? "from-file\n" : throw new FileNotFoundException(null, path),
        1024 * 1024 * 1024);
}
