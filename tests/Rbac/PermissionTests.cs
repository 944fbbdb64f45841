using SentryOtel.Cluster.Requests;
using SentryOtel.Operator.Checking;

namespace SentryOtel.Rbac;

/// <summary>
/// All that operator and gateway asked of API servers in the whole test run, against what the chart and the operator grant them: no more than is used, no less
/// than is needed.
/// </summary>
public sealed class PermissionTests
{
    // A test that wants to see the operator refused does so in a namespace of such a name, or as a user of such a name.
    private const string RefusedOnPurpose = "refused-";

    private const string OwnLease = "sentry-otel-operator";

    /// <summary>Grants that no request can show.</summary>
    private static readonly (string Resource, string Verb, string Reason)[] Invisible =
    [
        ("sentryexporters/finalizers", "update", "asked by the server itself, of whoever writes an owner reference that blocks deletion: OwnerReferenceTests"),
    ];

    /// <summary>What every account may ask, by Kubernetes' own role system:basic-user: the command <c>check</c> does.</summary>
    private const string GrantedToAll = "selfsubjectaccessreviews";

    [Fact]
    public void Nothing_was_refused()
    {
        var refused = Requests().Where(static request => request.Code == 403
            && !request.Namespace.StartsWith(RefusedOnPurpose, StringComparison.Ordinal) && !request.User.StartsWith(RefusedOnPurpose, StringComparison.Ordinal));

        AssertNone(refused.Select(static request => $"{request.User}: {request.Verb} {request.Resource}.{request.ApiGroup} in \"{request.Namespace}\""));
    }

    [Fact]
    public async Task Every_verb_of_the_operator_was_used_or_is_passed_on_to_gateways()
    {
        var requests = Requests().Where(static request => request is { Program: "operator", Code: < 400 or 404 or 409 }).ToList();
        var passedOn = Grants.OfGateway();

        // The Lease by which one replica leads has a Role of its own.
        var unused = (await Grants.OfOperatorAsync())
            .Where(grant => !requests.Exists(request => grant.Allows(request) && (grant.Names.Count > 0 || request.Name != OwnLease)) && !passedOn.Any(grant.IsSameAs))
            .Where(static grant => !Invisible.Any(known => (known.Resource, known.Verb) == (grant.Resource, grant.Verb)));

        AssertNone(unused.Select(static grant => $"{grant}"));
    }

    [Fact]
    public void Every_verb_of_the_gateway_was_used()
    {
        var requests = Requests().Where(static request => request is { Program: "gateway", Code: < 400 or 404 or 409 }).ToList();

        // The Role names the tables of its own exporter; those of the tests have other names.
        var unused = Grants.OfGateway().Where(grant => !requests.Exists((grant with { Names = [] }).Allows));

        AssertNone(unused.Select(static grant => $"{grant}"));
    }

    [Fact]
    public async Task What_programs_asked_as_administrators_is_granted_too()
    {
        var requests = Requests();
        var toOperator = await Grants.OfOperatorAsync();
        var toGateway = Grants.OfGateway();

        var beyond = requests.Where(static request => request.Resource != GrantedToAll).Where(request => request.Program == "operator"
            ? !toOperator.Any(grant => grant.Allows(request))
            : !toGateway.Any(grant => (grant with { Names = [] }).Allows(request)));

        AssertNone(beyond.Select(static request => $"{request.Program} as {request.User}: {request.Verb} {request.Resource}.{request.ApiGroup}"));
    }

    [Fact]
    public async Task With_watchNamespaces_the_same_rules_hold_in_these_namespaces_alone()
    {
        var everywhere = await Grants.OfOperatorAsync();
        var chosen = await Grants.OfOperatorAsync("--set", "watchNamespaces={one}");

        Assert.All(chosen, static grant => Assert.StartsWith("Role ", grant.Role, StringComparison.Ordinal));
        AssertNone(chosen.Where(grant => !everywhere.Any(grant.IsSameAs)).Select(static grant => $"{grant}"));
        Assert.Equal(["namespaces"], everywhere.Where(grant => !chosen.Any(grant.IsSameAs)).Select(static grant => grant.Resource).Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_command_check_asks_for_is_what_the_chart_grants(bool watchSecrets)
    {
        var granted = await Grants.OfOperatorAsync("--set", $"secrets.watch={(watchSecrets ? "true" : "false")}");

        Permission[] needed = [.. RequiredPermissions.Everywhere(watchSecrets), .. RequiredPermissions.InCluster, .. RequiredPermissions.ForLeaderElection];

        Assert.Equal(
            granted.Select(static grant => $"{new Permission(grant.ApiGroup, grant.Resource, grant.Verb, grant.Names.SingleOrDefault(""))}").Distinct().Order(StringComparer.Ordinal),
            needed.Select(static permission => $"{permission}").Distinct().Order(StringComparer.Ordinal));
    }

    // All of them shall be read at once.
    private static void AssertNone(IEnumerable<string> found)
    {
        var lines = found.Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(lines.Count == 0, string.Join('\n', lines));
    }

    private static IReadOnlyList<ProgramRequest> Requests()
    {
        Assert.SkipUnless(RequestRecord.Folder is { } folder && Directory.Exists(folder), "Needs the requests of the whole suite: build/run-tests without names keeps them.");
        return RequestRecord.Read(RequestRecord.Folder!);
    }
}
