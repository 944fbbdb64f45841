using System.Text.Json.Serialization;
using SentryOtel.Crds.Schema;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds;

/// <summary>How the project of a resource's data is found.</summary>
[ValidationRule("self.onMissingAttribute != 'Fallback' || has(self.fallbackProject)", RuleMessages.FallbackProject)]
public sealed class RoutingSpec
{
    /// <summary>Resource attribute whose value names the service.</summary>
    [Default, Length(1, 256)]
    public string ProjectFromAttribute { get; set; } = "service.name";

    /// <summary>Projects of attribute values whose slug is not the value itself: value to project slug. A SentryProjectRoute for the same value wins.</summary>
    [Items(1000), Element(100, MinLength = 1, Pattern = Patterns.Slug)]
    public Dictionary<string, string>? AttributeToProjectMapping { get; set; }

    /// <summary>What becomes of data whose resource lacks the attribute.</summary>
    [Default]
    public MissingAttributePolicy OnMissingAttribute { get; set; } = MissingAttributePolicy.Drop;

    /// <summary>Slug of the project that takes data without the attribute, with onMissingAttribute Fallback. With dsnSecretRef it is that DSN's project, whatever is written here.</summary>
    [Length(1, 100), Pattern(Patterns.Slug)]
    public string? FallbackProject { get; set; }

    /// <summary>How a value that is no legal slug becomes one.</summary>
    [Default]
    public SlugPolicy SlugPolicy { get; set; } = SlugPolicy.Normalize;
}

/// <summary>What becomes of data whose resource lacks the routing attribute.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MissingAttributePolicy>))]
public enum MissingAttributePolicy
{
    /// <summary>It is dropped, counted and reported to the client.</summary>
    Drop,

    /// <summary>It goes to routing.fallbackProject.</summary>
    Fallback,
}

/// <summary>How an attribute value becomes a project slug.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SlugPolicy>))]
public enum SlugPolicy
{
    /// <summary>A value that is no legal slug is refused.</summary>
    Strict,

    /// <summary>A value is turned into a legal slug: lower case, other characters to '-', a hash when shortened.</summary>
    Normalize,
}

/// <summary>How projects are made and kept in Sentry.</summary>
public sealed class ProjectsSpec
{
    /// <summary>Slug of the team that new projects belong to. Without it: the organisation's only team, or an error that names the choices.</summary>
    [Length(1, 100), Pattern(Patterns.Slug)]
    public string? Team { get; set; }

    /// <summary>Platform of new projects, e.g. <c>dotnet</c>; without it Sentry's default.</summary>
    [Length(1, 64)]
    public string? Platform { get; set; }

    /// <summary>Adoption policy of routes that say nothing themselves.</summary>
    [Default]
    public AdoptionPolicy AdoptionPolicy { get; set; } = AdoptionPolicy.Reference;

    /// <summary>Deletion policy of routes that say nothing themselves.</summary>
    [Default]
    public DeletionPolicy DeletionPolicy { get; set; } = DeletionPolicy.Retain;

    /// <summary>Most projects that this exporter creates for services nobody wrote a route for.</summary>
    [Default, Range(0, 10000)]
    public int MaxAutoCreated { get; set; } = 100;

    /// <summary>Most projects that this exporter creates in a minute for services nobody wrote a route for; others wait their turn.</summary>
    [Default, Range(1, 6000)]
    public int MaxCreatedPerMinute { get; set; } = 30;

    /// <summary>
    /// Services that may get a project without a route that somebody wrote, as patterns of the whole attribute value: * is any text, ? one character.
    /// Without it all may. A value in routing.attributeToProjectMapping always may.
    /// </summary>
    [Items(100, Min = 1), Element(256, MinLength = 1)]
    public List<string>? AllowedServices { get; set; }

    /// <summary>Services that may not, whatever allowedServices says; <c>unknown_service*</c> is what SDKs call a service that nobody named.</summary>
    [Items(100, Min = 1), Element(256, MinLength = 1)]
    public List<string>? DeniedServices { get; set; }
}
