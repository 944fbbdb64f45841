using System.Reflection;
using System.Text.RegularExpressions;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Projects;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Controllers;

/// <summary>docs/conditions.md lists what the operator can say, all of it and nothing else.</summary>
public sealed partial class ConditionsDocumentTests
{
    private static readonly string[] ExporterTypes =
    [
        ExporterStatus.Ready, ExporterStatus.CredentialsValid, ExporterStatus.ProjectsSynced, ExporterStatus.GatewayAvailable, ExporterStatus.Progressing,
        ExporterStatus.VolumesReleased, PlanReasons.PlannedType,
    ];

    private static readonly string[] RouteTypes =
        [RouteReasons.AcceptedType, RouteReasons.ProjectReadyType, RouteReasons.ProgrammedType, RouteReasons.RateLimitedType, RouteReasons.ReadyType, PlanReasons.PlannedType];

    [Fact]
    public void Every_type_has_its_row()
    {
        Assert.Equal(ExporterTypes.Order(), Rows("type", "SentryExporter").Order());
        Assert.Equal(RouteTypes.Order(), Rows("type", "SentryProjectRoute").Order());
    }

    [Fact]
    public void Every_reason_has_its_row_and_there_is_no_other()
    {
        var documented = Rows("reason", null).ToList();

        Assert.Equal(Reasons().Order(), documented.Order());
    }

    [Fact]
    public void No_reason_stands_in_the_code_as_a_text_of_its_own()
    {
        var folder = RepositoryFiles.PathOf("operator");
        var sources = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Where(path => !path.Contains("/obj/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(sources);
        Assert.All(sources, path => Assert.Empty(Literal().Matches(File.ReadAllText(path)).Select(match => $"{path}: {match.Value}")));
    }

    private static IEnumerable<string> Reasons()
    {
        Type[] holders = [typeof(GatewayReasons), typeof(CredentialReasons), typeof(RouteReasons), typeof(PlanReasons), typeof(RoutingTableReasons)];
        var constants = holders
            .SelectMany(static holder => holder.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(static field => field is { IsLiteral: true } && !field.Name.EndsWith("Type", StringComparison.Ordinal))
            .Select(static field => (string)field.GetRawConstantValue()!);
        return constants
            .Concat([ExporterStatus.Ready, ExporterStatus.Suspended, ExporterStatus.ProjectsReady, ExporterStatus.ProjectsNotReady])
            .Concat(Enum.GetNames<SentryErrorReason>())
            .Concat(Enum.GetNames<ProvisionErrorReason>().Where(static name => name != nameof(ProvisionErrorReason.Sentry)))
            .Distinct();
    }

    /// <summary>The first cells of the tables with this heading, of one section or of all.</summary>
    private static IEnumerable<string> Rows(string heading, string? section)
    {
        var (inSection, inTable) = (section is null, false);
        foreach (var line in File.ReadLines(RepositoryFiles.PathOf("docs/conditions.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                inSection = section is null || line == "## " + section;
            }

            inTable = line.StartsWith('|') && (inTable || line.StartsWith($"| {heading} |", StringComparison.Ordinal));
            if (inSection && inTable && Cell().Match(line) is { Success: true } match)
            {
                yield return match.Groups["name"].Value;
            }
        }
    }

    [GeneratedRegex("""^\| `(?<name>\w+)` \|""")]
    private static partial Regex Cell();

    [GeneratedRegex("""ConditionStatus\.(True|False|Unknown),\s*"\w+",""")]
    private static partial Regex Literal();
}
