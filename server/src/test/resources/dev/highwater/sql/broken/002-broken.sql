create table half (x int); select nonsense;
