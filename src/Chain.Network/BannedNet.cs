namespace Chain.Network;

/// <summary>A ban: whom it concerns, when it was made, and when it ends, in Unix seconds.</summary>
public sealed record BannedNet(IPSubnet Subnet, long Created, long Until);
