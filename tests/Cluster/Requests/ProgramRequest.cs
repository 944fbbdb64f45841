using System.Text.Json.Serialization;

namespace SentryOtel.Cluster.Requests;

/// <summary>Requests of one kind that one of our programs sent to an API server under test.</summary>
/// <param name="Program"><c>operator</c> or <c>gateway</c>.</param>
/// <param name="User">Who it was to the server.</param>
/// <param name="Verb">As <see cref="AuditEvent.Verb"/>.</param>
/// <param name="ApiGroup">As <see cref="AuditEvent.ApiGroup"/>.</param>
/// <param name="Resource">As <see cref="AuditEvent.Resource"/>, with the subresource.</param>
/// <param name="Namespace">Empty for requests to the whole cluster.</param>
/// <param name="Name">The object, where rules name objects (ConfigMaps, Leases); empty elsewhere.</param>
/// <param name="Code">The HTTP status code.</param>
public sealed record ProgramRequest(string Program, string User, string Verb, string ApiGroup, string Resource, string Namespace, string Name, int Code)
{
    /// <summary>Whether an apply made the object: the server asks for the right to create as well.</summary>
    [JsonIgnore]
    public bool IsCreation => Verb == "patch" && Code == 201;
}

/// <summary>Serialisers of what is kept.</summary>
[JsonSerializable(typeof(List<ProgramRequest>))]
internal sealed partial class ProgramRequestJson : JsonSerializerContext;
