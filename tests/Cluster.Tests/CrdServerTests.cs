namespace SentryOtel.Cluster.Tests;

[Trait("Category", "Processes")]
public sealed class CrdServerTests
{
    private const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: rangers.test.example}
        spec:
          group: test.example
          scope: Namespaced
          names: {plural: rangers, singular: ranger, kind: Ranger}
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties: {low: {type: integer}, high: {type: integer}}
                    x-kubernetes-validations:
                    - {rule: self.low <= self.high, message: low must not exceed high}
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CEL_rules_are_evaluated()
    {
        Assert.SkipWhen(CrdServer.WhyNotBuilt() is not null && Environment.GetEnvironmentVariable("CI") != "true", CrdServer.WhyNotBuilt() ?? string.Empty);
        await using var server = await CrdServer.StartAsync(Cancelled);
        await server.RunKubectlAsync(["create", "--filename", "-"], Definition, Cancelled);
        await server.RunKubectlAsync(["wait", "--for=condition=Established", "crd/rangers.test.example", "--timeout=60s"], null, Cancelled);
        await Testing.Eventually.HoldsAsync(
            async () => (await server.Tools.TryKubectlAsync(["get", "rangers"], null, Cancelled)).ExitCode == 0,
            TimeSpan.FromSeconds(30),
            "the new resource is served",
            Cancelled);

        await server.RunKubectlAsync(["create", "--filename", "-"], Ranger("fits", low: 1, high: 2), Cancelled);
        var refused = await server.Tools.TryKubectlAsync(["create", "--filename", "-"], Ranger("crossed", low: 2, high: 1), Cancelled);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("low must not exceed high", refused.Error, StringComparison.Ordinal);
    }

    private static string Ranger(string name, int low, int high) => $$"""
        apiVersion: test.example/v1
        kind: Ranger
        metadata: {name: {{name}}, namespace: default}
        spec: {low: {{low}}, high: {{high}}}
        """;
}
