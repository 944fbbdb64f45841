using System.Text.Json;
using SentryOtel.Cluster.Processes;
using SentryOtel.Testing;

namespace SentryOtel.Cluster.Tests;

/// <summary>One control plane and one node for all of them; each test has a namespace of its own.</summary>
[Trait("Category", "Processes")]
public sealed class LocalKubeletTests(LocalNode node) : IClassFixture<LocalNode>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_Deployment_becomes_available_and_its_pods_answer_at_their_own_addresses()
    {
        var space = await node.CreateNamespaceAsync("available");
        await node.ApplyAsync(space, Files("web", replicas: 2, page: "first"));

        await node.KubectlAsync(space, "rollout", "status", "deployment/web", "--timeout=120s");

        var addresses = (await node.KubectlAsync(space, "get", "pods", "--output", "jsonpath={.items[*].status.podIP}")).Split(' ');
        Assert.Equal(2, addresses.Distinct().Count());
        foreach (var address in addresses)
        {
            Assert.Equal("first", await GetAsync(address, "/page.txt"));
        }
    }

    [Fact]
    public async Task A_container_that_crashes_is_restarted_and_counted()
    {
        var space = await node.CreateNamespaceAsync("crash");
        await node.ApplyAsync(space, Files("web", replicas: 1, page: "again"));
        await node.KubectlAsync(space, "rollout", "status", "deployment/web", "--timeout=120s");
        var pod = await node.PodAsync(space);

        node.Kubelet.Process(space, pod.Name)!.Send(Signal.Kill);

        await Eventually.HoldsAsync(
            async () => await node.PodAsync(space) is { RestartCount: 1, Ready: true }, Patience, "the container runs again", Cancelled);
        var after = await node.PodAsync(space);
        Assert.Equal(pod.Name, after.Name);
        Assert.Equal(137, after.LastExitCode);
        Assert.Equal("again", await GetAsync(after.Address, "/page.txt"));
    }

    [Fact]
    public async Task Deletion_sends_SIGTERM_and_the_pod_is_gone_when_its_process_is()
    {
        var space = await node.CreateNamespaceAsync("deletion");
        await node.ApplyAsync(space, Shell("worker", "trap 'echo terminating; sleep 1; exit 0' TERM; echo up; while :; do sleep 0.1; done"));
        await node.KubectlAsync(space, "wait", "pod/worker", "--for=condition=Ready", "--timeout=120s");
        var process = node.Kubelet.Process(space, "worker")!;
        await Eventually.HoldsAsync(() => process.LogTail().Contains("up", StringComparison.Ordinal), Patience, "the trap is set", Cancelled);

        await node.KubectlAsync(space, "delete", "pod", "worker", "--timeout=120s");

        Assert.True(process.HasExited);
        Assert.Contains("terminating", await File.ReadAllTextAsync(node.Kubelet.LogPath(space, "worker"), Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_ignores_SIGTERM_is_killed_after_the_grace_period()
    {
        var space = await node.CreateNamespaceAsync("stubborn");
        await node.ApplyAsync(space, Shell("worker", "trap '' TERM; echo up; while :; do sleep 0.1; done", graceSeconds: 1));
        await node.KubectlAsync(space, "wait", "pod/worker", "--for=condition=Ready", "--timeout=120s");
        var process = node.Kubelet.Process(space, "worker")!;
        await Eventually.HoldsAsync(() => process.LogTail().Contains("up", StringComparison.Ordinal), Patience, "the trap is set", Cancelled);

        await node.KubectlAsync(space, "delete", "pod", "worker", "--timeout=120s");

        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task A_changed_ConfigMap_reaches_a_running_container()
    {
        var space = await node.CreateNamespaceAsync("change");
        await node.ApplyAsync(space, Files("web", replicas: 1, page: "before"));
        await node.KubectlAsync(space, "rollout", "status", "deployment/web", "--timeout=120s");
        var pod = await node.PodAsync(space);

        await node.KubectlAsync(space, "patch", "configmap", "pages", "--patch", """{"data":{"page.txt":"after"}}""");

        await Eventually.HoldsAsync(
            async () => await GetAsync(pod.Address, "/page.txt") == "after", Patience, "the file has changed", Cancelled);
        Assert.Equal(0, (await node.PodAsync(space)).RestartCount);
    }

    [Fact]
    public async Task A_missing_ConfigMap_keeps_the_pod_pending_and_its_status_names_it()
    {
        var space = await node.CreateNamespaceAsync("missing");
        var manifests = Files("web", replicas: 1, page: "late").Split("---", 2);
        await node.ApplyAsync(space, manifests[1]);

        await Eventually.HoldsAsync(
            async () => (await node.KubectlAsync(space, "get", "pods", "--output", "json")).Contains("configmap \\\"pages\\\" not found", StringComparison.Ordinal),
            Patience,
            "the status says what is missing",
            Cancelled);
        Assert.Equal("Pending", (await node.PodAsync(space)).Phase);
        await node.ApplyAsync(space, manifests[0]);
        await node.KubectlAsync(space, "rollout", "status", "deployment/web", "--timeout=120s");

        Assert.Equal("late", await GetAsync((await node.PodAsync(space)).Address, "/page.txt"));
    }

    [Fact]
    public async Task The_environment_comes_from_values_the_downward_API_ConfigMaps_and_Secrets()
    {
        var space = await node.CreateNamespaceAsync("environment");
        await node.KubectlAsync(space, "create", "configmap", "settings", "--from-literal", "COLOUR=green");
        await node.KubectlAsync(space, "create", "secret", "generic", "keys", "--from-literal", "key=hidden");
        await node.ApplyAsync(space, """
            apiVersion: v1
            kind: Pod
            metadata: {name: printer, labels: {tier: back}}
            spec:
              restartPolicy: Never
              containers:
              - name: main
                image: test/shell:1
                envFrom: [{prefix: CFG_, configMapRef: {name: settings}}]
                env:
                - {name: WHO, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                - {name: WHERE, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                - {name: TIER, valueFrom: {fieldRef: {fieldPath: "metadata.labels['tier']"}}}
                - {name: KEY, valueFrom: {secretKeyRef: {name: keys, key: key}}}
                - {name: ABSENT, valueFrom: {secretKeyRef: {name: keys, key: none, optional: true}}}
                - {name: BOTH, value: $(WHO)-$(CFG_COLOUR)-$(NONE)-$$(WHO)}
                args: [-c, 'echo "$WHO $TIER $KEY ${ABSENT-unset} $BOTH $0 $WHERE"', /etc/keys/key]
                volumeMounts: [{name: keys, mountPath: /etc/keys}]
              volumes: [{name: keys, secret: {secretName: keys}}]
            """);
        await Eventually.HoldsAsync(async () => (await node.PodAsync(space)).Phase == "Succeeded", Patience, "the pod has run", Cancelled);

        var words = (await File.ReadAllTextAsync(node.Kubelet.LogPath(space, "printer"), Cancelled)).Trim().Split(' ');

        Assert.Equal(["printer", "back", "hidden", "unset", "printer-green-$(NONE)-$(WHO)"], words[..5]);
        Assert.EndsWith("/volumes/keys/key", words[5], StringComparison.Ordinal);
        Assert.Equal((await node.PodAsync(space)).Address, words[6]);
    }

    [Fact]
    public async Task A_pod_reaches_the_API_server_as_its_own_service_account()
    {
        var space = await node.CreateNamespaceAsync("account");
        await node.KubectlAsync(space, "create", "serviceaccount", "reader");
        await node.KubectlAsync(space, "create", "role", "reader", "--verb=list", "--resource=configmaps");
        await node.KubectlAsync(space, "create", "rolebinding", "reader", "--role=reader", $"--serviceaccount={space}:reader");
        await node.ApplyAsync(space, """
            apiVersion: v1
            kind: Pod
            metadata: {name: client}
            spec:
              serviceAccountName: reader
              restartPolicy: Never
              containers:
              - {name: main, image: test/kubectl:1, args: [get, configmaps, --output, name]}
            """);

        await Eventually.HoldsAsync(async () => (await node.PodAsync(space)).Phase == "Succeeded", Patience, "the pod has run", Cancelled);

        var user = $"system:serviceaccount:{space}:reader";
        Assert.Contains(
            AuditLog.Read(node.ControlPlane.AuditLogPath),
            request => request.User == user && request is { Verb: "list", Resource: "configmaps", Code: 200 } && request.Namespace == space);
    }

    [Fact]
    public async Task A_failing_liveness_probe_restarts_the_container()
    {
        var space = await node.CreateNamespaceAsync("liveness");
        await node.ApplyAsync(space, Files("web", replicas: 1, page: "live"));
        await node.KubectlAsync(space, "rollout", "status", "deployment/web", "--timeout=120s");
        var pod = await node.PodAsync(space);

        // Frozen: it neither answers nor ends.
        node.Kubelet.Process(space, pod.Name)!.Send(Signal.Stop);

        await Eventually.HoldsAsync(
            async () => await node.PodAsync(space) is { RestartCount: 1, Ready: true }, Patience, "the container runs again", Cancelled);
    }

    [Fact]
    public async Task A_StatefulSet_finds_its_files_again_after_its_pod_was_replaced()
    {
        var space = await node.CreateNamespaceAsync("stateful");
        await node.ApplyAsync(space, """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: store}
            spec:
              serviceName: store
              selector: {matchLabels: {app: store}}
              template:
                metadata: {labels: {app: store}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: main
                    image: test/shell:1
                    args: [-c, 'echo run >> "$DATA/runs"; wc -l < "$DATA/runs"; exec sleep 1000']
                    env: [{name: DATA, value: /data}]
                    volumeMounts: [{name: data, mountPath: /data}]
              volumeClaimTemplates:
              - metadata: {name: data}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """);
        await node.KubectlAsync(space, "rollout", "status", "statefulset/store", "--timeout=120s");

        await node.KubectlAsync(space, "delete", "pod", "store-0", "--timeout=120s");

        await Eventually.HoldsAsync(
            () => File.ReadAllLines(node.Kubelet.LogPath(space, "store-0", "main")) is ["1", "2"], Patience, "the second pod has seen the first one's file", Cancelled);
    }

    [Fact]
    public async Task A_container_that_needs_what_is_not_supported_waits_and_says_so()
    {
        var space = await node.CreateNamespaceAsync("unsupported");
        await node.ApplyAsync(space, Shell("worker", "exit 0").Replace(
            "image: test/shell:1", "image: test/shell:1, livenessProbe: {exec: {command: [/bin/true]}}", StringComparison.Ordinal));

        await Eventually.HoldsAsync(
            async () => (await node.KubectlAsync(space, "get", "pod", "worker", "--output", "json")).Contains("not supported by the local kubelet", StringComparison.Ordinal),
            Patience,
            "the status says what is not supported",
            Cancelled);

        Assert.Equal("Pending", (await node.PodAsync(space)).Phase);
        Assert.Null(node.Kubelet.Process(space, "worker"));
    }

    private static string Files(string name, int replicas, string page) => $$$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: pages}
        data: {page.txt: {{{page}}} }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{{name}}} }
        spec:
          replicas: {{{replicas}}}
          selector: {matchLabels: {app: {{{name}}} }}
          template:
            metadata: {labels: {app: {{{name}}} }}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: registry.test:5000/test/python:1
                args: [-m, http.server, "8080", --bind, $(POD_IP), --directory, /srv/pages]
                env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP} } }]
                ports: [{name: http, containerPort: 8080}]
                readinessProbe: {httpGet: {path: /page.txt, port: http}, periodSeconds: 1}
                livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1, failureThreshold: 5}
                volumeMounts: [{name: pages, mountPath: /srv/pages}]
              volumes: [{name: pages, configMap: {name: pages}}]
        """;

    private static string Shell(string name, string script, int graceSeconds = 30) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}}
        spec:
          terminationGracePeriodSeconds: {{graceSeconds}}
          containers:
          - {name: main, image: test/shell:1, args: [-c, {{JsonSerializer.Serialize(script)}}]}
        """;

    private static async Task<string> GetAsync(string address, string path)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://{address}:8080{path}"), Cancelled);
    }
}
