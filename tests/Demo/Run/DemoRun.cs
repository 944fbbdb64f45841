using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Demo.Sentry;
using SentryOtel.Demo.Telemetry;
using Spectre.Console;

namespace SentryOtel.Demo.Run;

/// <summary>The whole path once, for real: install, apply, label, send, look.</summary>
internal sealed class DemoRun(DemoOptions options, string repository, Progress progress, TimeProvider time)
{
    private const string Release = "sentry-otel-operator";
    private const string SystemNamespace = "sentry-system";
    private const string Organization = "acme";
    private const string Token = "sntryi_demo";
    private const int TracesPerService = 20;

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan DeliveredWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);

    /// <summary>Runs it; true when every span and log arrived in its project, none twice.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using var cluster = await DemoCluster.StartAsync(options, progress, cancellationToken);
        progress.Done($"Kubernetes API, and node {DemoCluster.NodeName} that runs pods as processes of this machine");

        await using var standIn = options.Sentry is null ? await StartStandInAsync(cluster.Folder, cancellationToken) : null;
        var sentry = options.Sentry ?? new RealSentry(standIn!.ManagementUrl, Organization, Token);

        await InstallOperatorAsync(cluster, cancellationToken);
        await new Sample(Path.Combine(repository, "examples", "quick-start"), options.Namespace, cluster.Tools).ApplyAsync(
            sentry.Url, sentry.Organization, sentry.Token, cluster.HasOtherNodes ? DemoCluster.NodeName : null, cancellationToken);
        progress.Done("applied a SentryExporter, three labelled workloads and one route");

        var watch = new ReadyWatch(cluster.Tools, options.Namespace, progress, time);
        GatewayAddress gateway;
        List<SentTelemetry> sent;
        try
        {
            await watch.AllAsync([.. DemoService.All.Where(service => service.Announced != "nobody").Select(service => service.Name)], ReadyWithin, cancellationToken);
            gateway = await GatewayAsync(cluster.Tools, cancellationToken);
            sent = Send(gateway);
            await watch.AllAsync([.. DemoService.All.Select(service => service.Name)], ReadyWithin, cancellationToken);
        }
        catch (TimeoutException)
        {
            ShowLogs(cluster);
            throw;
        }

        var delivery = standIn is null
            ? await GatewayDelivery.CheckAsync(gateway.Metrics, sent, DeliveredWithin, time, cancellationToken)
            : await CheckAsync(standIn, sent, cancellationToken);
        await ReportAsync(cluster, delivery, cancellationToken);
        if (!options.Once)
        {
            await StayAsync(cluster, standIn, gateway, cancellationToken);
        }

        return delivery.Faults.Count == 0;
    }

    private async Task<StandInSentry> StartStandInAsync(string folder, CancellationToken cancellationToken)
    {
        var sentry = await StandInSentry.StartAsync(
            Path.Combine(options.ProgramsFolder, "sentry-server", "sentry-server"), Organization, Token, Path.Combine(folder, "sentry-server.log"), cancellationToken);
        progress.Done($"stand-in Sentry, live page at {sentry.Page}");
        return sentry;
    }

    private async Task InstallOperatorAsync(DemoCluster cluster, CancellationToken cancellationToken)
    {
        progress.Step("helm install");
        string[] steering = cluster.HasOtherNodes
            ? ["--set", $"nodeSelector.kubernetes\\.io/hostname={DemoCluster.NodeName}", "--set", "tolerations[0].operator=Exists"]
            : [];
        await cluster.Tools.HelmAsync(
            [
                "upgrade", "--install", Release, Path.Combine(repository, "charts", Release), "--namespace", SystemNamespace, "--create-namespace",
                .. steering,
            ],
            cancellationToken: cancellationToken);
        await cluster.Tools.KubectlAsync(
            ["rollout", "status", $"deployment/{Release}", "--namespace", SystemNamespace, "--timeout=60s"], cancellationToken: cancellationToken);
        progress.Done("operator installed by its chart: two replicas, one leads, under the chart's RBAC");
    }

    private async Task<GatewayAddress> GatewayAsync(ClusterTools tools, CancellationToken cancellationToken)
    {
        var pods = JsonNode.Parse(await tools.KubectlAsync(
            ["get", "pods", "--namespace", options.Namespace, "--selector", "sentry-otel.dev/exporter=sentry,app.kubernetes.io/component=gateway", "--output", "json"],
            cancellationToken: cancellationToken))!;
        var address = pods["items"]!.AsArray()
            .Where(pod => (string?)pod!["status"]?["phase"] == "Running" && pod["metadata"]!["deletionTimestamp"] is null)
            .Select(pod => (string?)pod!["status"]!["podIP"])
            .FirstOrDefault() ?? throw new InvalidOperationException("No gateway pod is running.");
        progress.Done($"the gateway that the operator rolled out answers at {address}");
        return new GatewayAddress(address);
    }

    private List<SentTelemetry> Send(GatewayAddress gateway)
    {
        var sender = new TelemetrySender(gateway.Grpc, gateway.Http);
        var sent = new List<SentTelemetry>();
        foreach (var service in DemoService.All)
        {
            sent.Add(sender.Send(service, TracesPerService));
            progress.Done($"{service.Name} sent {sent[^1].SpanIds.Count} spans and {sent[^1].LogBodies.Count} logs over {service.Protocol} (announced by: {service.Announced})");
        }

        return sent;
    }

    private async Task<Delivery> CheckAsync(StandInSentry sentry, IReadOnlyCollection<SentTelemetry> sent, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var received = await sentry.ReceivedAsync(cancellationToken);
            if (DeliveryCheck.Faults(sent, received).Count == 0)
            {
                // A duplicate would come late: one more look after a while.
                await Task.Delay(SettleTime, time, cancellationToken);
                received = await sentry.ReceivedAsync(cancellationToken);
                return Delivery.Of(sent, received, DeliveryCheck.Faults(sent, received));
            }

            if (time.GetElapsedTime(start) > DeliveredWithin)
            {
                return Delivery.Of(sent, received, DeliveryCheck.Faults(sent, received));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    private async Task ReportAsync(DemoCluster cluster, Delivery delivery, CancellationToken cancellationToken)
    {
        progress.Heading($"$ kubectl --namespace {options.Namespace} get sentryexporters,sentryroutes");
        progress.Verbatim(await cluster.Tools.KubectlAsync(
            ["--namespace", options.Namespace, "get", "sentryexporters,sentryroutes"], cancellationToken: cancellationToken));
        progress.Heading("What each Sentry project received");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Project", "Services", "Spans", "Logs", "Sent spans", "Sent logs");
        foreach (var row in delivery.Rows)
        {
            table.AddRow(new[] { row.Project, row.Services, $"{row.Spans}", $"{row.Logs}", $"{row.SentSpans}", $"{row.SentLogs}" }.Select(Markup.Escape).ToArray());
        }

        progress.Show(table);
        if (delivery.Faults.Count == 0)
        {
            progress.Done("every span and log arrived in the right project, none twice");
            return;
        }

        foreach (var fault in delivery.Faults.Take(20))
        {
            progress.Failed(fault);
        }

        progress.Failed($"{delivery.Faults.Count} faults");
    }

    private void ShowLogs(DemoCluster cluster)
    {
        foreach (var (pod, tail) in cluster.LogTails())
        {
            progress.Heading($"log of {pod}");
            progress.Verbatim(tail);
        }
    }

    private async Task StayAsync(DemoCluster cluster, StandInSentry? sentry, GatewayAddress gateway, CancellationToken cancellationToken)
    {
        progress.Heading("It stays up. Play with it; Ctrl-C ends it.");
        progress.Verbatim($"""
              export KUBECONFIG={cluster.KubeconfigPath}
              {ClusterPrograms.Kubectl} --namespace {options.Namespace} get sentryroutes --watch
              {ClusterPrograms.Kubectl} --namespace {options.Namespace} label deployment/orders service.name=orders-v2 --overwrite
              OTLP/gRPC  {gateway.Grpc}      OTLP/HTTP  {gateway.Http}
              metrics    {gateway.Metrics}metrics
              """);
        if (sentry is not null)
        {
            progress.Verbatim($"  Sentry     {sentry.Page}");
        }

        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            progress.Step("ending");
        }
    }
}
