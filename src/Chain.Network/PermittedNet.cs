namespace Chain.Network;

/// <summary>The permissions of the peers of a subnet, by the direction in which they are connected.</summary>
public sealed record PermittedNet(IPSubnet Subnet, PeerPermissions Permissions, bool Inbound, bool Outbound);
